/**
 * One channel's sender: claims what is due, hands it over, and leaves it to the recorder to write down what came of it. Each channel
 * has a loop of its own, so that none waits for another.
 *
 * A hand-over is made only within its claim. What this process has claimed and not yet recorded it knows by id, so that a claim that
 * lapses under it is not taken twice, and one whose answer was lost with the connection is found again.
 */

import type { HandOverOutcome } from '../../commands/after-hand-over.ts';
import type { Commands } from '../../commands/command.ts';
import type { HandOver } from '../../commands/record-hand-overs.ts';
import type { FailPoints } from '../../kit/fail-point.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { parseTraceparent } from '../../kit/tracing.ts';
import { within } from '../../kit/within.ts';
import { type NextTurn, startWorkLoop, usualLoop } from '../../kit/work-loop.ts';
import type { Channel, ChannelName, Outcome, TargetOf } from '../../ports/channel.ts';
import {
  type Claim,
  claimDeliveries,
  claimExpired,
  nextDelivery_ms,
  putOff,
  renewClaims,
  returnClaims,
} from '../../store/delivery-ledger.ts';
import { type HandOverRow, readHandOvers } from '../../store/hand-overs.ts';
import { type ChannelLimits, channelLimits, circuitLimits } from './channel-limits.ts';
import { beginDelivery } from './delivery-span.ts';
import { type Prepared, prepare } from './message-of.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { createTargets } from './targets.ts';

/** Of so many that wait longest those are chosen whose targets have room. */
const lookedMax = 500;
const poll_ms = 2_000;
const expireEvery_ms = 30_000;
const sweptAtOnceMax = 500;
/** What was cut off has so long to end, and then the record. */
const cutOff_ms = 2_000;
const recording_ms = 5_000;

/** It says nothing of the peer. */
const programFailed = { kind: 'retry', reason: 'the program failed', retryAfterMs: null, ofTarget: true } as const;
const neverEnded = { kind: 'retry', reason: 'the hand-over did not end', retryAfterMs: null } as const;
const suppressed = (reason: string) => ({ kind: 'suppressed', reason }) as const;

export interface SenderDeps {
  /** Commands on the worker login. */
  readonly commands: Commands;
  readonly log: Log;
  readonly failPoints: FailPoints;
  /** The id of this sending process. */
  readonly sender: string;
  /** Where people reach the server; null while that is not known, and messages go without a link. */
  readonly origin: () => string | null;
  readonly onHandedOver: (handOver: { channel: ChannelName; outcome: string; lateness_s: number | null }) => void;
  /** Told of each state that was written down: sent, failed, dead, suppressed. */
  readonly onRecorded: (channel: ChannelName, state: string) => void;
  readonly onCircuits: (channel: ChannelName, inTrouble: number) => void;
  /** For tests: other limits than the channel's, and what pauses are drawn by. */
  readonly limits?: Partial<ChannelLimits>;
  readonly random?: () => number;
}

export interface ChannelLoop extends Running {
  /** There may be something to send. */
  ring(): void;
  /** The deliveries that this process has claimed and not yet recorded. */
  claimed(): Iterable<string>;
}

/** `channel` is undefined where it is not configured: what is planned for it is suppressed. */
export function startChannelLoop<Name extends ChannelName>(
  deps: SenderDeps,
  name: Name,
  channel: Channel<TargetOf[Name]> | undefined,
): ChannelLoop {
  const { commands, log, failPoints, sender, origin } = deps;
  const { sql } = commands.db;
  const limits = { ...channelLimits[name], ...deps.limits };
  const circuits = name === 'webhook' || name === 'web_push' ? 'each' : 'shared';
  const targets = createTargets({ perTargetMax: limits.perTargetMax, circuits, limits: circuitLimits });
  const cutOff = new AbortController();
  /** Claimed by this process and not yet recorded. */
  const mine = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let isSure = true;
  let expiredAt = Number.NEGATIVE_INFINITY;

  const recorder: Recorder = startRecorder(log, commands, {
    name: `recording ${name}`,
    failPoints,
    random: deps.random ?? Math.random,
    onSettled(handOvers) {
      for (const { handOver, state } of handOvers) {
        mine.delete(handOver.deliveryId);
        if (state !== null) deps.onRecorded(name, state);
      }
      loop.ring();
    },
  });

  function settle(
    row: Pick<HandOverRow, 'id' | 'space_id'>,
    outcome: HandOverOutcome,
    traceparent: string | null = null,
  ): void {
    const handOver: HandOver = { deliveryId: row.id, spaceId: row.space_id, holder: sender, outcome, traceparent };
    recorder.add(handOver);
  }

  async function handOver(
    row: HandOverRow,
    target: TargetOf[Name],
    message: Parameters<Channel<TargetOf[Name]>['send']>[1],
  ): Promise<Outcome> {
    if (!channel) throw new Error('a channel that is not configured hands nothing over');
    const signal = AbortSignal.any([cutOff.signal, AbortSignal.timeout(limits.handOver_ms)]);
    const unending = Promise.withResolvers<typeof neverEnded>();
    const timer = setTimeout(() => unending.resolve(neverEnded), limits.handOver_ms + cutOff_ms);
    try {
      // A channel that breaks its word would else keep its place for good.
      return await Promise.race([channel.send(target, message, signal), unending.promise]);
    } catch (error) {
      const { id: delivery_id, correlation_id } = row;
      log.error({ error, delivery_id, correlation_id, channel: name }, 'a channel failed');
      return programFailed;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What cannot be put into words is a fault of the program, and no reason for others to wait. */
  function preparedOf(row: HandOverRow): Prepared<Name> | { readonly failed: true } {
    if (!channel) return { suppressed: 'not_configured' };
    try {
      return prepare(name, row, { origin: origin() });
    } catch (error) {
      const { id: delivery_id, correlation_id } = row;
      const trace_id = parseTraceparent(row.traceparent)?.traceId;
      log.error({ error, delivery_id, correlation_id, trace_id, channel: name }, 'a delivery cannot be put into words');
      return { failed: true };
    }
  }

  /** Begins the hand-over of a claimed row, or answers in how long its target may be tried again. */
  function begin(row: HandOverRow, claim: Claim): number | null {
    const prepared = preparedOf(row);
    if (!('target' in prepared)) {
      const outcome = 'failed' in prepared ? programFailed : suppressed(prepared.suppressed);
      settle(row, outcome, row.traceparent);
      deps.onHandedOver({ channel: name, outcome: outcome.kind, lateness_s: null });
      return null;
    }
    const entered = targets.enter(claim.target, row.user_id, performance.now());
    if ('retryIn_ms' in entered) return entered.retryIn_ms;
    const span = beginDelivery(commands.tracing, name, row);
    const work = span
      .around(() => handOver(row, prepared.target, prepared.message))
      .then((outcome) => {
        failPoints.at('delivery:handed_over');
        entered.leave(outcome.kind !== 'retry' || outcome.ofTarget === true, performance.now());
        underWay.delete(work);
        span.end(outcome);
        const { id: delivery_id, correlation_id } = row;
        span.around(() =>
          log.debug({ delivery_id, correlation_id, channel: name, outcome: outcome.kind }, 'handed over'),
        );
        settle(row, outcome, span.traceparent);
        const lateness_s = row.attempts === 1 ? row.lateness_ms / 1000 : null;
        deps.onHandedOver({ channel: name, outcome: outcome.kind, lateness_s });
        loop.ring();
      });
    underWay.add(work);
    return null;
  }

  /** Claims as many as there is room for, or finds those again of which nothing was heard. */
  async function claim(room: number): Promise<Claim[]> {
    if (!isSure) {
      const lost = { channel: name, holder: sender, known: [...mine], lease_ms: limits.lease_ms };
      const claimed = await renewClaims(sql, lost);
      isSure = true;
      if (claimed.length > 0) return claimed;
    }
    return claimDeliveries(sql, {
      channel: name,
      holder: sender,
      lease_ms: limits.lease_ms,
      limit: room,
      looked: lookedMax,
      perTargetMax: limits.perTargetMax,
      busy: targets.busy(performance.now()),
      perPersonMax: limits.perPersonMax,
      busyPeople: targets.busyPeople(),
    });
  }

  async function dispatch(claims: readonly Claim[]): Promise<void> {
    const claimedAt = performance.now();
    const rows = new Map(
      (
        await readHandOvers(
          sql,
          sender,
          claims.map(({ id }) => id),
        )
      ).map((row) => [row.id, row]),
    );
    // What took so long that the claim may lapse before the hand-over is through is claimed anew, later.
    const isLate = performance.now() - claimedAt > limits.lease_ms - limits.handOver_ms;
    const back = new Map<number, string[]>();
    for (const claim of claims) {
      const row = rows.get(claim.id);
      if (!row) continue;
      const pause_ms = isLate ? 0 : beginOwn(row, claim);
      if (pause_ms !== null) back.set(pause_ms, [...(back.get(pause_ms) ?? []), claim.id]);
    }
    for (const [pause_ms, ids] of back) await returnClaims(sql, sender, ids, pause_ms);
  }

  function beginOwn(row: HandOverRow, claim: Claim): number | null {
    mine.add(row.id);
    const pause_ms = begin(row, claim);
    if (pause_ms !== null) mine.delete(row.id);
    return pause_ms;
  }

  async function tidyUp(): Promise<void> {
    const now = performance.now();
    deps.onCircuits(name, targets.inTrouble(now));
    for (const { target, pause_ms } of targets.takeOpened(now)) {
      await putOff(sql, { channel: name, target, pause_ms, limit: sweptAtOnceMax });
    }
    if (now - expiredAt < expireEvery_ms) return;
    const expired = { channel: name, holder: sender, lease_ms: limits.lease_ms, limit: sweptAtOnceMax };
    const rows = await claimExpired(sql, expired);
    for (const row of rows) {
      mine.add(row.id);
      settle(row, { kind: 'expired', reason: 'not accepted within its time' });
    }
    if (rows.length < sweptAtOnceMax) expiredAt = now;
  }

  async function turn(): Promise<NextTurn> {
    try {
      await tidyUp();
      const room = Math.min(limits.atOnceMax - underWay.size, targets.room(performance.now()));
      if (room <= 0 || mine.size >= limits.atOnceMax * 4) return { when: 'rung' };
      const claims = await claim(room);
      if (claims.length === 0) return await untilNext();
      failPoints.at('delivery:claimed');
      await dispatch(claims);
      return { when: 'now' };
    } catch (error) {
      isSure = false;
      throw error;
    }
  }

  /** What is due already waits for room or for others who have claimed it: no need to ask at once again. */
  async function untilNext(): Promise<NextTurn> {
    const next_ms = await nextDelivery_ms(sql, name);
    return next_ms === null || next_ms <= 0 ? { when: 'rung' } : { when: 'in', pause_ms: Math.ceil(next_ms) };
  }

  const loop = startWorkLoop(log, { name: `sending ${name}`, ...usualLoop, poll_ms }, turn);
  return {
    done: loop.done,
    ring: () => loop.ring(),
    claimed: () => mine,
    async stop() {
      await loop.stop();
      await within(limits.drain_ms, underWay);
      cutOff.abort();
      await within(cutOff_ms, underWay);
      await recorder.stop({ patience_ms: recording_ms });
    },
  };
}
