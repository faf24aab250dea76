/**
 * Text messages over the HTTP interface of Twilio, which many providers speak. Sending costs money, so a message is short, and the
 * headers that providers know for repeated requests carry its key.
 */
import { cutText, oneLine } from '../../kit/cut-text.ts';
import { type PostClient, postFailure } from '../../kit/guarded-fetch.ts';
import { retryAfter_ms } from '../../kit/retry-after.ts';
import type { Channel, Message, Outcome, SmsTarget } from '../../ports/channel.ts';
import { smsOutcome } from './sms-outcome.ts';
import type { SmsProvider } from './sms-url.ts';

/** What the client of a text message channel should be made with. */
export const smsLimits = { timeout_ms: 20_000, answerBytesMax: 16 * 1024 };

/** Two parts of plain letters, or five where one letter is beyond them. */
export const smsUnitsMax = 306;
/** A longer address is left out: what is to be done matters more. */
const urlUnitsMax = 160;

/** `posts` may reach what the operator named; it is closed with the channel. `now_ms` is the wall clock. */
export function smsChannel(
  posts: PostClient,
  provider: SmsProvider,
  now_ms: () => number = Date.now,
): Channel<SmsTarget> {
  return {
    name: 'sms',
    async send(target, message, signal): Promise<Outcome> {
      if (!/^\+[1-9]\d{4,14}$/.test(target.number)) {
        return { kind: 'refused', reason: 'the number is not in the international form' };
      }
      const form = new URLSearchParams([...provider.fields.map(([name, value]) => [name, value])]);
      form.append('To', target.number);
      form.append('Body', smsText(message));
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        'idempotency-key': message.key,
        'i-twilio-idempotency-token': message.key,
        ...(provider.authorization === null ? {} : { authorization: provider.authorization }),
      };
      try {
        const answer = await posts.post(provider.url, { headers, body: form.toString(), signal });
        return smsOutcome(answer.status, answer.text, retryAfter_ms(answer.headers['retry-after'], now_ms()));
      } catch (error) {
        return { kind: 'retry', reason: postFailure(error), retryAfterMs: null };
      }
    },
    async close() {
      posts.close();
    },
  };
}

/** The subject, as much of the text as there is room for, and the address whole or not at all. */
export function smsText({ subject, text, url }: Message): string {
  const address = url !== null && url.length <= urlUnitsMax ? `\n${url}` : '';
  const words = [oneLine(subject), text.trim()].filter((part) => part !== '').join('\n');
  return cutText(words, smsUnitsMax - address.length) + address;
}
