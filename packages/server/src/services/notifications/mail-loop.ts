/** Sends the mails that are no notifications, with the pauses and the end of mail deliveries. */
import { afterHandOver, type HandOverOutcome, retryLimits } from '../../commands/after-hand-over.ts';
import type { Log } from '../../kit/log.ts';
import { within } from '../../kit/within.ts';
import { type NextTurn, startWorkLoop, usualLoop } from '../../kit/work-loop.ts';
import type { Channel, EmailTarget } from '../../ports/channel.ts';
import type { Database } from '../../store/database.ts';
import {
  type ClaimedMail,
  claimMails,
  keepMailContent,
  type MailContent,
  nextMail_ms,
  removeOldMails,
  storeMail,
} from '../../store/outgoing-mails.ts';
import { channelLimits } from './channel-limits.ts';
import type { ChannelLoop } from './channel-loop.ts';

const atOnceMax = 4;
const poll_ms = 2_000;
const removeEvery_ms = 3_600_000;
const keptDays = 7;
const removedAtOnceMax = 500;
/** What was cut off has so long to end. */
const cutOff_ms = 2_000;

export interface MailLoopDeps {
  /** The worker login. */
  readonly db: Database;
  readonly log: Log;
  readonly sender: string;
  /** What a mail says whose text is only made now; null where it has no cause. */
  readonly prepareReset: (address: string) => Promise<MailContent | null>;
  readonly random: () => number;
}

export function startMailLoop(deps: MailLoopDeps, channel: Channel<EmailTarget>): ChannelLoop {
  const { db, log, sender, prepareReset, random } = deps;
  const limits = channelLimits.email;
  const cutOff = new AbortController();
  const underWay = new Map<string, Promise<void>>();
  let removedAt = Number.NEGATIVE_INFINITY;

  /** Null where the claim was lost before anything was handed over: whoever has it now goes on. */
  async function handOver(mail: ClaimedMail): Promise<HandOverOutcome | null> {
    if (mail.expired) return { kind: 'expired', reason: 'not accepted within its time' };
    const content = mail.content ?? (await prepareReset(mail.address));
    if (content === null) return { kind: 'suppressed', reason: 'no_account' };
    if (mail.content === null && (await keepMailContent(db.sql, mail.id, sender, content)) === 0) return null;
    const { name, ...said } = content;
    const message = { ...said, key: mail.id, kind: mail.kind, sentAt: mail.created_at, data: {} };
    const signal = AbortSignal.any([cutOff.signal, AbortSignal.timeout(limits.handOver_ms)]);
    return channel.send({ address: mail.address, name }, message, signal);
  }

  async function send(mail: ClaimedMail): Promise<void> {
    let outcome: HandOverOutcome | null;
    try {
      outcome = await handOver(mail);
    } catch (error) {
      log.error({ error, mail_id: mail.id }, 'a mail could not be handed over');
      outcome = { kind: 'retry', reason: 'the program failed', retryAfterMs: null };
    }
    if (outcome === null) return;
    const now = new Date().toISOString();
    const next = afterHandOver(mail, outcome, now, retryLimits.email, random);
    const pause_ms = next.next_attempt_at === null ? 0 : Date.parse(next.next_attempt_at) - Date.parse(now);
    await storeMail(db.sql, { id: mail.id, holder: sender, state: next.state, reason: next.reason, pause_ms });
  }

  async function turn(): Promise<NextTurn> {
    if (performance.now() - removedAt > removeEvery_ms) {
      const removed = await removeOldMails(db.sql, keptDays, removedAtOnceMax);
      if (removed < removedAtOnceMax) removedAt = performance.now();
    }
    const limit = atOnceMax - underWay.size;
    if (limit === 0) return { when: 'rung' };
    const mails = await claimMails(db.sql, { holder: sender, lease_ms: limits.lease_ms, limit });
    for (const mail of mails) {
      // What cannot be recorded is claimed again when the lease is over, under the same key.
      const work = send(mail).catch((error) => log.warn({ error, mail_id: mail.id }, 'a mail could not be recorded'));
      underWay.set(
        mail.id,
        work.then(() => {
          underWay.delete(mail.id);
          loop.ring();
        }),
      );
    }
    if (mails.length === limit) return { when: 'now' };
    const next_ms = await nextMail_ms(db.sql);
    return next_ms === null || next_ms <= 0 ? { when: 'rung' } : { when: 'in', pause_ms: Math.ceil(next_ms) };
  }

  const loop = startWorkLoop(log, { name: 'sending mail', ...usualLoop, poll_ms }, turn);
  return {
    done: loop.done,
    ring: () => loop.ring(),
    claimed: () => underWay.keys(),
    async stop() {
      await loop.stop();
      await within(limits.drain_ms, underWay.values());
      cutOff.abort();
      await within(cutOff_ms, underWay.values());
    },
  };
}
