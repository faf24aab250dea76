import { expect, test } from 'vitest';
import { adviceFor, isTooLarge, reasonText } from './kafka-errors.ts';

const connection = {
  brokers: ['kafka-1:9092'],
  sasl: { mechanism: 'PLAIN', username: 'x', password: 'hush' },
} as const;
const failure = (message: string, more: object = {}) => Object.assign(new Error(message), more);

test('the reasons come out of the layers that the client wraps them in, each once', () => {
  const refused = () => failure('connect ECONNREFUSED 127.0.0.1:9092', { code: 'ECONNREFUSED' });
  const tries = new AggregateError(
    [new Error('Connection failed.', { cause: refused() }), new Error('Connection failed.', { cause: refused() })],
    'metadata failed 2 times.',
  );
  expect(reasonText(tries)).toBe('connect ECONNREFUSED 127.0.0.1:9092');
});

test('what a broker answers is called by its name in the protocol', () => {
  const answer = failure('The request included a message larger than the max size.', { apiId: 'MESSAGE_TOO_LARGE' });
  const wrapped = new AggregateError([answer], 'produce failed');
  expect(reasonText(wrapped)).toBe('MESSAGE_TOO_LARGE: The request included a message larger than the max size.');
  expect(isTooLarge(wrapped)).toBe(true);
  expect(isTooLarge(failure('no'))).toBe(false);
});

test('an error that holds itself ends', () => {
  const ring = failure('round and round');
  Object.assign(ring, { cause: ring });
  expect(reasonText(ring)).toBe('round and round');
});

test('what is no error is said as it is', () => {
  expect(reasonText('gone')).toBe('gone');
  expect(reasonText(undefined)).toBe('undefined');
});

test.each([
  ['SASL_AUTHENTICATION_FAILED', { apiId: 'SASL_AUTHENTICATION_FAILED' }, 'DAYMARK_KAFKA_SASL_PASSWORD'],
  ['a way to sign in that is not offered', { apiId: 'UNSUPPORTED_SASL_MECHANISM' }, 'DAYMARK_KAFKA_SASL_MECHANISM'],
  ['an unknown authority', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'DAYMARK_KAFKA_TLS_CA'],
  ['a name that the certificate lacks', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'DAYMARK_KAFKA_TLS_CA'],
  ['a certificate that is wanted', { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 'DAYMARK_KAFKA_TLS_CERT'],
  ['no TLS on the other side', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'DAYMARK_KAFKA_TLS=off'],
  ['a missing right', { apiId: 'TOPIC_AUTHORIZATION_FAILED' }, 'rights'],
])('%s is advised on', (_what, more, word) => {
  const advice = adviceFor(new AggregateError([failure('it failed', more)], 'failed 3 times'), connection);
  expect(advice?.remedy).toContain(word);
  expect(advice?.message).toContain('kafka-1:9092');
  expect(advice?.line).not.toContain('hush');
});

test('brokers that are only down are no matter of advice', () => {
  expect(adviceFor(failure('connect ECONNREFUSED', { code: 'ECONNREFUSED' }), connection)).toBeUndefined();
});
