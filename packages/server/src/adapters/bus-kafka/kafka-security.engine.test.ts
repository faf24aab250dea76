/** Who may speak to the brokers: logins, certificates, and what is said when one of them is wrong. */
import { randomUUIDv7 } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carriedTopics } from '@daymark/core/contract/topics.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates } from '../../../../../tools/engines/kafka/certificates.ts';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import { openLog } from '../../kit/log.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import { jsonCodec } from './codec.ts';
import { type KafkaConnection, saslMechanisms } from './connection.ts';
import { openKafkaEngine } from './kafka-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-secure-kafka-'));
const username = 'daymark';
const password = 'a-long-secret-of-the-broker';
const pem = (path: string) => readFileSync(path, 'utf8');
const lines: string[] = [];
const { log } = openLog({ level: 'trace', service: 'test', write: (line) => lines.push(line) });

let kafka: Kafka;
let at: { plain: string[]; saslPlain: string[]; saslTls: string[]; mutualTls: string[] };
let certificates: { ca: string; cert: string; key: string; otherCa: string };

beforeAll(async () => {
  kafka = await startKafka({ folder, accounts: { [username]: password } });
  const { secure } = kafka;
  if (!secure) throw new Error('the broker has no listeners with accounts');
  const split = (addresses: string) => addresses.split(',');
  at = {
    plain: split(kafka.brokers),
    saslPlain: split(secure.saslPlain),
    saslTls: split(secure.saslTls),
    mutualTls: split(secure.mutualTls),
  };
  mkdirSync(join(folder, 'other'));
  const other = await makeCertificates(join(folder, 'other'));
  certificates = {
    ca: pem(secure.certificates.authority),
    cert: pem(secure.certificates.clientCertificate),
    key: pem(secure.certificates.clientKey),
    otherCa: pem(other.authority),
  };
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const login = (mechanism: (typeof saslMechanisms)[number], secret = password) => ({
  sasl: { mechanism, username, password: secret },
});

/** Opens the engine, puts a message on each topic, and closes it. */
async function sendOne(connection: KafkaConnection): Promise<void> {
  const engine = await openKafkaEngine(log, connection, jsonCodec, {
    prefix: 'secure.',
    replication: undefined,
    patience_ms: 1_500,
    onUndecodable: () => {},
    onLag: () => {},
  });
  try {
    const key = randomUUIDv7();
    const event = {
      ...{ specversion: '1.0' as const, id: randomUUIDv7(), source: `/spaces/${key}`, type: 'daymark.test' },
      ...{ time: new Date().toISOString(), datacontenttype: 'application/json' as const, partitionkey: key, data: {} },
    };
    const messages = carriedTopics.map((topic) => ({ topic, key, event }));
    expect(await engine.carrier.publish(messages, { timeout_ms: 20_000 })).toEqual([]);
    await engine.carrier.check();
  } finally {
    await engine.stop();
  }
}

/** What the operator reads. */
async function refusal(connection: KafkaConnection): Promise<string> {
  const error = await sendOne(connection).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OperatorError)) throw new Error('there is no advice', { cause: error });
  expect(error.line).not.toContain(password);
  return error.line;
}

describe('a login and a certificate that fit are taken', () => {
  test.each(saslMechanisms)('%s without TLS', async (mechanism) => {
    await sendOne({ brokers: at.saslPlain, ...login(mechanism) });
  });
  test.each(saslMechanisms)('%s over TLS with the authority of the brokers', async (mechanism) => {
    await sendOne({ brokers: at.saslTls, tls: { ca: certificates.ca }, ...login(mechanism) });
  });
  test('mutual TLS', async () => {
    const { ca, cert, key } = certificates;
    await sendOne({ brokers: at.mutualTls, tls: { ca, cert, key } });
  });
  test('several brokers, of which one is not there', async () => {
    await sendOne({ brokers: ['127.0.0.1:1', ...at.plain] });
  });
});

describe('what does not fit is named with the option that mends it', () => {
  test.each(saslMechanisms)('a wrong password by %s', async (mechanism) => {
    const line = await refusal({ brokers: at.saslPlain, ...login(mechanism, 'another-secret') });
    expect(line).toContain('DAYMARK_KAFKA_SASL_PASSWORD');
    expect(line).not.toContain('another-secret');
  });
  test('an authority that did not sign the certificate of the brokers', async () => {
    const line = await refusal({ brokers: at.saslTls, tls: { ca: certificates.otherCa }, ...login('SCRAM-SHA-512') });
    expect(line).toContain('DAYMARK_KAFKA_TLS_CA');
  });
  test('no authority at all', async () => {
    const line = await refusal({ brokers: at.saslTls, tls: {}, ...login('SCRAM-SHA-512') });
    expect(line).toContain('DAYMARK_KAFKA_TLS_CA');
  });
  test('no certificate where the brokers want one', async () => {
    expect(await refusal({ brokers: at.mutualTls, tls: { ca: certificates.ca } })).toContain('DAYMARK_KAFKA_TLS_CERT');
  });
  test('no login where the brokers want one', async () => {
    expect(await refusal({ brokers: at.saslPlain })).toContain('DAYMARK_KAFKA_SASL_MECHANISM');
  });
  test('TLS where the brokers speak none', async () => {
    expect(await refusal({ brokers: at.plain, tls: { ca: certificates.ca } })).toContain('DAYMARK_KAFKA_TLS');
  });
  test('no TLS where the brokers want it', async () => {
    expect(await refusal({ brokers: at.saslTls, ...login('PLAIN') })).toContain('DAYMARK_KAFKA_TLS');
  });
  test('brokers that are not there', async () => {
    expect(await refusal({ brokers: ['127.0.0.1:1'] })).toContain('DAYMARK_KAFKA_BROKERS');
  });
  test('no line of the log holds a password', () => {
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes(password) || line.includes('another-secret'))).toEqual([]);
  });
});
