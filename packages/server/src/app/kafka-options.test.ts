import { expect, test } from 'vitest';
import { OperatorError } from '../kit/operator-error.ts';
import { kafkaConnection } from './bus-engine.ts';
import { readConfig } from './config.ts';

const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
const privateKey = '-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----';
const brokers = { DAYMARK_BUS: 'kafka', DAYMARK_KAFKA_BROKERS: 'kafka-1:9092, kafka-2:9092' };
const login = {
  DAYMARK_KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
  DAYMARK_KAFKA_SASL_USERNAME: 'daymark',
  DAYMARK_KAFKA_SASL_PASSWORD: 'hush-hush',
};
const connection = (environment: Record<string, string>) => kafkaConnection(readConfig([], environment));
const refusal = (environment: Record<string, string>): string => {
  try {
    connection(environment);
  } catch (error) {
    if (error instanceof OperatorError) return error.line;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('several brokers are separated by commas, and are spoken to openly', () => {
  expect(connection(brokers)).toEqual({ brokers: ['kafka-1:9092', 'kafka-2:9092'] });
  expect(connection({ ...brokers, DAYMARK_KAFKA_BROKERS: '[::1]:9092' })).toEqual({ brokers: ['[::1]:9092'] });
});

test('a certificate turns TLS on, and so does the word alone', () => {
  expect(connection({ ...brokers, DAYMARK_KAFKA_TLS: 'on' }).tls).toEqual({});
  expect(connection({ ...brokers, DAYMARK_KAFKA_TLS_CA: certificate }).tls).toEqual({ ca: certificate });
  const mutual = { DAYMARK_KAFKA_TLS_CERT: certificate, DAYMARK_KAFKA_TLS_KEY: privateKey };
  expect(connection({ ...brokers, ...mutual }).tls).toEqual({ cert: certificate, key: privateKey });
});

test('a login has three parts', () => {
  expect(connection({ ...brokers, ...login }).sasl).toEqual({
    mechanism: 'SCRAM-SHA-512',
    username: 'daymark',
    password: 'hush-hush',
  });
});

test.each([
  [{ DAYMARK_BUS: 'kafka' }, 'Set DAYMARK_KAFKA_BROKERS'],
  [{ ...brokers, DAYMARK_KAFKA_BROKERS: 'kafka-1' }, 'DAYMARK_KAFKA_BROKERS must be host:port'],
  [{ ...brokers, DAYMARK_KAFKA_TLS_CERT: certificate }, 'DAYMARK_KAFKA_TLS_KEY only one is set'],
  [{ ...brokers, DAYMARK_KAFKA_TLS_KEY: privateKey }, 'DAYMARK_KAFKA_TLS_KEY only one is set'],
  [{ ...brokers, DAYMARK_KAFKA_TLS_CA: '/etc/ca.pem' }, '_FILE'],
  [{ ...brokers, DAYMARK_KAFKA_TLS: 'off', DAYMARK_KAFKA_TLS_CA: certificate }, 'DAYMARK_KAFKA_TLS is off although'],
  [{ ...brokers, DAYMARK_KAFKA_SASL_USERNAME: 'daymark' }, 'not all set'],
  [{ ...brokers, ...login, DAYMARK_KAFKA_SASL_MECHANISM: 'GSSAPI' }, 'must be one of PLAIN'],
  [{ ...brokers, DAYMARK_KAFKA_REPLICATION: '0' }, 'must be a whole number from 1 to 9'],
  [{ ...brokers, DAYMARK_TOPIC_PREFIX: 'a/b' }, 'DAYMARK_TOPIC_PREFIX must be'],
])('half a configuration is refused: %j', (environment, words) => {
  expect(refusal(environment)).toContain(words);
});

test('what is secret is in no refusal', () => {
  const { DAYMARK_KAFKA_SASL_USERNAME: _, ...half } = login;
  expect(refusal({ ...brokers, ...half })).not.toContain('hush-hush');
  const wrong = { ...brokers, DAYMARK_KAFKA_TLS_CERT: certificate, DAYMARK_KAFKA_TLS_KEY: 'hush-hush' };
  expect(refusal(wrong)).not.toContain('hush-hush');
});
