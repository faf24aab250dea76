/**
 * Messages to browsers through their push services (RFC 8030), encrypted for the browser alone and signed with the server's VAPID
 * keys. The endpoint is named by whoever subscribes, so it is guarded like the address of a webhook.
 *
 * The topic is derived from the key of the message: a push service that still holds it replaces it by the repeated one. One that was
 * shown already is replaced on the device, where the service worker uses the key as the tag of the notification.
 */
import { createHash } from 'node:crypto';
import { ForbiddenAddress, type PostClient, postFailure } from '../../kit/guarded-fetch.ts';
import { retryAfter_ms } from '../../kit/retry-after.ts';
import type { Channel, Message, Outcome, WebPushTarget } from '../../ports/channel.ts';
import { encrypt, plainBytesMax } from './encrypt.ts';
import { pushPayload } from './push-payload.ts';
import { type VapidOptions, vapidAuthorization } from './vapid.ts';

/** What the client of a push channel should be made with. */
export const pushLimits = { timeout_ms: 15_000, answerBytesMax: 4 * 1024 };

/** How long a push service keeps a message for a device that is off: afterwards the inbox tells of it. */
const timeToLive_s = 24 * 3600;
const topicCharacters = 32;

const urgencies: Readonly<Record<Message['kind'], 'low' | 'normal' | 'high'>> = {
  reminder: 'high',
  digest: 'low',
  test: 'high',
  password_reset: 'normal',
  invitation: 'normal',
  email_verification: 'normal',
};

export interface PushOptions extends VapidOptions {
  /** Whether endpoints may be http, for push services of one's own network. */
  readonly insecure: boolean;
}

/** `posts` guards the addresses; it is closed with the channel. `now_ms` is the wall clock. */
export function pushChannel(
  posts: PostClient,
  options: PushOptions,
  now_ms: () => number = Date.now,
): Channel<WebPushTarget> {
  const authorization = vapidAuthorization(options);
  const protocols = options.insecure ? ['https:', 'http:'] : ['https:'];
  return {
    name: 'web_push',
    async send(target, message, signal): Promise<Outcome> {
      const url = URL.parse(target.endpoint);
      if (!url || !protocols.includes(url.protocol)) return refused('the address of the push service is not https');
      const payload = pushPayload(message, plainBytesMax);
      if (!payload) return refused('the message is too long for a push service');
      const body = encrypt(payload, target.keys);
      if (!body) return { kind: 'gone', reason: 'the keys of the subscription are malformed' };
      const headers = {
        authorization: authorization(url, now_ms()),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        ttl: String(timeToLive_s),
        topic: topicOf(message.key),
        urgency: urgencies[message.kind],
      };
      try {
        const answer = await posts.post(url, { headers, body, signal });
        const providerId = answer.headers.location?.slice(0, 500) ?? null;
        return outcomeOf(answer.status, providerId, retryAfter_ms(answer.headers['retry-after'], now_ms()));
      } catch (error) {
        if (error instanceof ForbiddenAddress) return refused(postFailure(error));
        return { kind: 'retry', reason: postFailure(error), retryAfterMs: null };
      }
    },
    async close() {
      posts.close();
    },
  };
}

const refused = (reason: string): Outcome => ({ kind: 'refused', reason });

/** At most 32 characters of base64url, the same for the same key. */
const topicOf = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, topicCharacters);

function outcomeOf(status: number, providerId: string | null, retryAfterMs: number | null): Outcome {
  const reason = `the push service answered ${status}`;
  if (status >= 200 && status < 300) return { kind: 'sent', providerId };
  if (status === 404 || status === 410) return { kind: 'gone', reason };
  if (status === 408 || status === 429 || status >= 500) return { kind: 'retry', reason, retryAfterMs };
  return { kind: 'refused', reason };
}
