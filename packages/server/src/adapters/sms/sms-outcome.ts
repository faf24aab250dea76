/**
 * What an answer of a Twilio-compatible provider means. Its JSON has a `code` that says more than the status does.
 * https://www.twilio.com/docs/api/errors
 */
import { z } from 'zod';
import type { Outcome } from '../../ports/channel.ts';

const Answer = z.object({ sid: z.string().max(100).optional(), code: z.number().optional() });

/** The number is none, is no mobile one, or its holder said STOP: nothing may be sent there again. */
const goneCodes = new Set([21211, 21214, 21217, 21610, 21614]);
/** The message or its country is not allowed: another try changes nothing. */
const refusedCodes = new Set([21408, 21602, 21617, 21619, 21612]);
/** Queues that are full and limits of rate. */
const busyCodes = new Set([14107, 20429, 21611, 30001, 63038]);
/** The account of this installation: its password, its state, its sender. An operator mends it while the message waits. */
const accountCodes = new Set([20003, 20005, 20404, 21212, 21603, 21606, 21659, 21660, 21701, 21703, 30002, 90010]);

export function smsOutcome(status: number, text: string, retryAfterMs: number | null): Outcome {
  const { sid, code } = read(text);
  if (status >= 200 && status < 300) return { kind: 'sent', providerId: sid ?? null };
  const reason = `the provider answered ${status}${code === undefined ? '' : ` (${code})`}`;
  if (code !== undefined && goneCodes.has(code)) return { kind: 'gone', reason };
  if (code !== undefined && refusedCodes.has(code)) return { kind: 'refused', reason };
  const passing = status < 400 || status >= 500 || [401, 403, 404, 408, 425, 429].includes(status);
  const known = code !== undefined && (busyCodes.has(code) || accountCodes.has(code));
  return passing || known ? { kind: 'retry', reason, retryAfterMs } : { kind: 'refused', reason };
}

function read(text: string): z.infer<typeof Answer> {
  try {
    return Answer.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}
