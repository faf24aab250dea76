/** What follows from what became of a hand-over: the next state of its row in the ledger, and when it is tried again. Pure. */
import type { EventType } from '@daymark/core/contract/event.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { retryPause_ms } from '../kit/backoff.ts';
import type { ChannelName, Outcome } from '../ports/channel.ts';

/** `suppressed`: nothing was handed over, because there was no cause or no way to. */
export type HandOverOutcome = Outcome | { readonly kind: 'suppressed' | 'expired'; readonly reason: string };

export interface RetryLimits {
  readonly base_ms: number;
  readonly cap_ms: number;
  /** A provider that asks for more is taken at so much. */
  readonly askedMax_ms: number;
  readonly attemptsMax: number;
}

const second_ms = 1000;
const minute_ms = 60 * second_ms;
const hour_ms = 60 * minute_ms;

/** With full jitter the expected pauses add up to a day where tries are many; text messages cost money and age fast. */
export const retryLimits: Readonly<Record<ChannelName, RetryLimits>> = {
  webhook: { base_ms: 5 * second_ms, cap_ms: 3 * hour_ms, askedMax_ms: 12 * hour_ms, attemptsMax: 27 },
  email: { base_ms: 10 * second_ms, cap_ms: 3 * hour_ms, askedMax_ms: 12 * hour_ms, attemptsMax: 26 },
  web_push: { base_ms: 5 * second_ms, cap_ms: hour_ms, askedMax_ms: 12 * hour_ms, attemptsMax: 24 },
  sms: { base_ms: 30 * second_ms, cap_ms: 15 * minute_ms, askedMax_ms: hour_ms, attemptsMax: 6 },
};

const reasonCharactersMax = 300;
const providerIdCharactersMax = 500;

/** A peer answers what it likes; PostgreSQL stores no NUL and no half of a character. */
const storable = (text: string, charactersMax: number): string =>
  text
    .slice(0, charactersMax)
    .replaceAll(/\p{Cc}/gu, '\ufffd')
    .toWellFormed();

export interface Tried {
  /** The one just made counts. */
  readonly attempts: number;
  readonly expires_at: string;
}

export interface NextState {
  readonly state: 'sent' | 'failed' | 'dead' | 'suppressed';
  readonly reason: string | null;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly provider_id: string | null;
  readonly sent_at: string | null;
}

/** `now` is PostgreSQL's time; `random` answers from 0 up to but not 1. */
export function afterHandOver(
  tried: Tried,
  outcome: HandOverOutcome,
  now: string,
  limits: RetryLimits,
  random: () => number,
): NextState {
  const { attempts } = tried;
  const ended = { attempts, next_attempt_at: null, provider_id: null, sent_at: null };
  if (outcome.kind === 'sent') {
    const provider_id = outcome.providerId === null ? null : storable(outcome.providerId, providerIdCharactersMax);
    return { ...ended, state: 'sent', reason: null, provider_id, sent_at: now };
  }
  const reason = storable(outcome.reason, reasonCharactersMax);
  // Nothing was handed over, so the claim was no attempt.
  if (outcome.kind === 'suppressed')
    return { ...ended, state: 'suppressed', reason, attempts: Math.max(0, attempts - 1) };
  if (outcome.kind === 'gone') return { ...ended, state: 'suppressed', reason };
  if (outcome.kind !== 'retry' || attempts >= limits.attemptsMax) return { ...ended, state: 'dead', reason };
  const pause_ms = retryPause_ms(attempts, outcome.retryAfterMs, random, limits);
  const next = canonicalInstant(new Date(Date.parse(now) + pause_ms).toISOString());
  if (Date.parse(next) >= Date.parse(tried.expires_at)) return { ...ended, state: 'dead', reason };
  return { ...ended, state: 'failed', reason, next_attempt_at: next };
}

export const deliveryEvents: Readonly<Record<NextState['state'], EventType>> = {
  sent: 'delivery.sent',
  failed: 'delivery.failed',
  dead: 'delivery.dead',
  suppressed: 'delivery.suppressed',
};
