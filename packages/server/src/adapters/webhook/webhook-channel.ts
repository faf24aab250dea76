/**
 * Messages as signed HTTP posts, in the form of the Standard Webhooks specification: `{type, timestamp, data}` as JSON, signed by
 * kit/standard-webhook.ts. The receiver tells repeated messages by `webhook-id`.
 *
 * What comes of an answer follows the specification: any 2xx is success, 410 ends the webhook, everything else is tried again – also
 * a redirect, a 401 or a 404, because a receiver that is being moved or mended answers so for an hour. Only an answer that judges
 * the message itself is final.
 */
import { ForbiddenAddress, type PostClient, postFailure } from '../../kit/guarded-fetch.ts';
import { retryAfter_ms } from '../../kit/retry-after.ts';
import { signedHeaders, webhookSecretBytes } from '../../kit/standard-webhook.ts';
import type { Channel, Message, Outcome, WebhookTarget } from '../../ports/channel.ts';

/** What the client of a webhook channel should be made with: answers are only read so that the connection can be kept. */
export const webhookLimits = { timeout_ms: 15_000, answerBytesMax: 8 * 1024 };

/** Bad request, too large, wrong type, not processable. */
const judgingStatuses = new Set([400, 413, 415, 422]);

/** `posts` guards the addresses; it is closed with the channel. `now_ms` is the wall clock. */
export function webhookChannel(posts: PostClient, now_ms: () => number = Date.now): Channel<WebhookTarget> {
  return {
    name: 'webhook',
    async send(target, message, signal): Promise<Outcome> {
      const url = URL.parse(target.url);
      if (!url || !/^https?:$/.test(url.protocol)) return refused('the address of the webhook is not http or https');
      const secret = webhookSecretBytes(target.secret);
      if (!secret) return refused('the secret of the webhook is malformed');
      const body = bodyOf(message);
      const signature = signedHeaders(secret, { id: message.key, body, now_ms: now_ms() });
      const headers = { 'content-type': 'application/json', 'user-agent': 'Daymark-Webhook/1', ...signature };
      try {
        const answer = await posts.post(url, { headers, body, signal });
        return outcomeOf(answer.status, retryAfter_ms(answer.headers['retry-after'], now_ms()));
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

/** The same text at every try. */
function bodyOf({ kind, sentAt, subject, text, url, data }: Message): string {
  return JSON.stringify({ type: `notification.${kind}`, timestamp: sentAt, data: { ...data, subject, text, url } });
}

function outcomeOf(status: number, retryAfterMs: number | null): Outcome {
  const reason = `the receiver answered ${status}`;
  if (status >= 200 && status < 300) return { kind: 'sent', providerId: null };
  if (status === 410) return { kind: 'gone', reason };
  if (judgingStatuses.has(status)) return { kind: 'refused', reason };
  // Behind one host there may be the receivers of many: it is in trouble only where it says so itself.
  return { kind: 'retry', reason, retryAfterMs, ...(status < 500 && { ofTarget: true }) };
}
