/**
 * Signatures of the Standard Webhooks specification 1.0: HMAC-SHA256 over `id.timestamp.body`, keyed by the bytes of a secret that is
 * shown as `whsec_` and base64. Receivers find libraries for it in every language.
 */
import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';
const secretBytes = 32;
const secretBytesMin = 24;
const secretBytesMax = 64;

export const makeWebhookSecret = (): string => prefix + randomBytes(secretBytes).toString('base64');

/** The bytes of a secret, null when it is none: `whsec_` and the base64 of 24 to 64 bytes. */
export function webhookSecretBytes(secret: string): Buffer | null {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length >= secretBytesMin && bytes.length <= secretBytesMax ? bytes : null;
}

/**
 * The three headers for a body. `id` is the same over all tries of a message; `now_ms` is the time of this try, because receivers
 * refuse what is minutes old.
 */
export function signedHeaders(
  secret: Buffer,
  message: { id: string; body: string; now_ms: number },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(message.now_ms / 1000));
  const signature = createHmac('sha256', secret).update(`${message.id}.${timestamp}.${message.body}`).digest('base64');
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
