/** The options of Kafka and of the topics that carry events. */
import { z } from 'zod';
import { parseRegistryUrl } from '../adapters/bus-kafka/avro/registry-url.ts';

const brokers = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
  .refine(
    (items) => items.length > 0 && items.every((item) => /^(\[[0-9a-f:.]+\]|[^\s:/[\]]+):\d{1,5}$/i.test(item)),
    'must be host:port, several separated by commas',
  );

const pem = (kind: string) =>
  z.string().regex(/-----BEGIN [A-Z ]+-----/, `must be ${kind} as PEM; _FILE behind the name takes the path of a file`);

const registryUrl = z.string().transform((text, context) => {
  const address = parseRegistryUrl(text);
  if (address !== null) return address;
  context.addIssue({ code: 'custom', message: 'must be an address such as http://user:password@registry:8081' });
  return z.NEVER;
});

export const kafkaOptions = {
  topicPrefix: {
    env: 'DAYMARK_TOPIC_PREFIX',
    schema: z.string().regex(/^[a-zA-Z0-9._-]{0,100}$/, 'must be letters, digits, ".", "_" and "-"'),
    default: '',
    defaultText: 'none',
    value: '<text>',
    help: 'Stands before the name of each topic and consumer group, so that several installations can share brokers: `prod.`',
  },
  kafkaBrokers: {
    env: 'DAYMARK_KAFKA_BROKERS',
    schema: brokers,
    defaultText: 'none; needed with DAYMARK_BUS=kafka',
    value: '<host:port,…>',
    help: 'Kafka brokers to begin with; the others are found through them. Two or three are enough.',
  },
  kafkaTls: {
    env: 'DAYMARK_KAFKA_TLS',
    schema: z.enum(['on', 'off'], { error: 'must be one of on, off' }),
    defaultText: 'on where DAYMARK_KAFKA_TLS_CA or DAYMARK_KAFKA_TLS_CERT is set, else off',
    value: 'on|off',
    help: 'Whether the brokers are spoken to over TLS.',
  },
  kafkaTlsCa: {
    env: 'DAYMARK_KAFKA_TLS_CA',
    schema: pem('a certificate'),
    defaultText: 'the authorities that Node trusts',
    value: '<PEM>',
    help: 'Certificate of the authority that signed those of the brokers. Usually given as DAYMARK_KAFKA_TLS_CA_FILE.',
  },
  kafkaTlsCert: {
    env: 'DAYMARK_KAFKA_TLS_CERT',
    schema: pem('a certificate'),
    defaultText: 'none',
    value: '<PEM>',
    help: 'Certificate that this program shows to the brokers, for mutual TLS. Needs DAYMARK_KAFKA_TLS_KEY.',
  },
  kafkaTlsKey: {
    env: 'DAYMARK_KAFKA_TLS_KEY',
    schema: pem('a private key'),
    defaultText: 'none; needed with DAYMARK_KAFKA_TLS_CERT',
    value: '<PEM>',
    secret: true,
    help: 'The private key of that certificate.',
  },
  kafkaSaslMechanism: {
    env: 'DAYMARK_KAFKA_SASL_MECHANISM',
    schema: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'], {
      error: 'must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512',
    }),
    defaultText: 'none: no login is shown',
    value: 'PLAIN|SCRAM-SHA-256|SCRAM-SHA-512',
    help: 'How to sign in to the brokers. PLAIN sends the password as it is, so use it only with TLS.',
  },
  kafkaSaslUsername: {
    env: 'DAYMARK_KAFKA_SASL_USERNAME',
    schema: z.string().min(1, 'must not be empty'),
    defaultText: 'none; needed with DAYMARK_KAFKA_SASL_MECHANISM',
    value: '<name>',
    help: 'The login at the brokers.',
  },
  kafkaSaslPassword: {
    env: 'DAYMARK_KAFKA_SASL_PASSWORD',
    schema: z.string().min(1, 'must not be empty'),
    defaultText: 'none; needed with DAYMARK_KAFKA_SASL_MECHANISM',
    value: '<text>',
    secret: true,
    help: 'Its password.',
  },
  kafkaReplication: {
    env: 'DAYMARK_KAFKA_REPLICATION',
    schema: z
      .string()
      .regex(/^\d$/, 'must be a whole number from 1 to 9')
      .transform(Number)
      .refine((value) => value >= 1, 'must be a whole number from 1 to 9'),
    defaultText: 'as many as there are brokers, at most 3',
    value: '<number>',
    help: 'Copies of each topic that the program makes. Topics that are there are left as they are.',
  },
  schemaRegistry: {
    env: 'DAYMARK_SCHEMA_REGISTRY_URL',
    schema: registryUrl,
    defaultText: 'none: values are JSON',
    value: '<address>',
    secret: true,
    help: 'With DAYMARK_BUS=kafka: a schema registry that speaks as Confluent’s does, and values are Avro. `http://user:password@host:8081`, with the path where its API begins: Apicurio’s is `/apis/ccompat/v7`. All processes of an installation need the same; JSON from before is still read.',
  },
} as const;
