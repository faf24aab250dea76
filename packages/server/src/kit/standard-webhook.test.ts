import { expect, test } from 'vitest';
import { makeWebhookSecret, signedHeaders, webhookSecretBytes } from './standard-webhook.ts';

test('a body is signed as the libraries of the specification sign it', () => {
  // The vector that the reference implementations carry in their own tests.
  const secret = webhookSecretBytes('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') as Buffer;
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', now_ms: 1_614_265_330_999 };
  expect(signedHeaders(secret, message)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('a new secret is of the form that is asked for, and never the same', () => {
  const secrets = [makeWebhookSecret(), makeWebhookSecret()];
  expect(new Set(secrets).size).toBe(2);
  for (const secret of secrets) expect(webhookSecretBytes(secret)?.length).toBe(32);
});

test('what is no secret is told from one', () => {
  const tooShort = `whsec_${Buffer.alloc(23).toString('base64')}`;
  const tooLong = `whsec_${Buffer.alloc(65).toString('base64')}`;
  for (const text of [
    '',
    'whsec_',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_not base64 at all!',
    tooShort,
    tooLong,
  ]) {
    expect([text, webhookSecretBytes(text)]).toEqual([text, null]);
  }
});
