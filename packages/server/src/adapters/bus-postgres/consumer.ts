/**
 * The loop of a consumer: turn after turn while there is something to read, then asleep until a wake-up or the slow poll. What goes
 * wrong with PostgreSQL ends a turn and not the loop.
 */

import { growingPause_ms, type Pace, withJitter } from '../../consumers/pace.ts';
import { replayNext } from '../../consumers/replay.ts';
import { type Report, tellOf } from '../../consumers/report.ts';
import { createBell } from '../../kit/bell.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import type { Tracing } from '../../kit/tracing.ts';
import type { OnHandled, Subscription } from '../../ports/event-bus.ts';
import { registerConsumer } from '../../store/cursors.ts';
import { type Database, isTransient } from '../../store/database.ts';
import type { Wakes } from '../../store/wakes.ts';
import { blameForCommit, type Turn, type TurnRecord, takeTurn } from './turn.ts';

export interface Surroundings {
  db: Database;
  wakes: Pick<Wakes, 'subscribe'>;
  log: Log;
  tracing: Tracing;
  onHandled: OnHandled;
  pace: Pace;
}

export function startConsumer(surroundings: Surroundings, subscription: Subscription): Running {
  const { log, pace } = surroundings;
  const { consumer } = subscription;
  const woken = createBell();
  // Of troubles and retries nobody is woken early; only stopping ends those pauses.
  const stopped = createBell();
  let stopping = false;
  const turn = turnsOf(surroundings, subscription, () => stopping);

  async function run(): Promise<void> {
    let troubles = 0;
    let heldBack = 0;
    while (!stopping) {
      try {
        const taken = await turn();
        troubles = 0;
        heldBack = taken.kind === 'nothing' && taken.heldBack ? heldBack + 1 : 0;
        if (taken.kind === 'nothing') await woken.wait(idlePause_ms(pace, heldBack));
        else if (taken.kind === 'stand_by') await stopped.wait(withJitter(pace.standBy_ms));
        else if (taken.kind === 'retry') await stopped.wait(taken.wait_ms);
      } catch (error) {
        troubles += 1;
        const pause_ms = withJitter(growingPause_ms(pace.troubleMin_ms, pace.troubleMax_ms, troubles));
        // One line when it begins, not one a try for as long as it lasts.
        if (troubles === 1) log.warn({ error, consumer }, 'a consumer is interrupted and will go on by itself');
        await stopped.wait(pause_ms);
      }
    }
  }

  const unsubscribe = surroundings.wakes.subscribe(() => woken.ring());
  const done = run();
  return {
    done,
    async stop() {
      stopping = true;
      unsubscribe();
      woken.ring();
      stopped.ring();
      await done;
    },
  };
}

function idlePause_ms(pace: Pace, heldBack: number): number {
  if (heldBack > 0) return growingPause_ms(pace.heldBackMin_ms, pace.heldBackMax_ms, heldBack);
  return withJitter(pace.poll_ms);
}

/** Answers the function that takes the next turn and tells what came of it. */
function turnsOf(
  { db, log, tracing, onHandled, pace }: Surroundings,
  subscription: Subscription,
  isStopping: () => boolean,
): () => Promise<Turn> {
  const { consumer } = subscription;
  const usualMax = Math.min(pace.eventsMax, subscription.eventsPerTransactionMax ?? pace.eventsMax);
  /** After a commit that was refused, so many events come alone, until the one that it was refused for is found. */
  let alone = 0;

  const tell = (report: Report) => tellOf(subscription, { log, onHandled }, report);

  async function commitRefused(record: TurnRecord, error: unknown): Promise<Turn> {
    const [only, ...others] = record.handed;
    if (!only || isTransient(error)) throw error;
    if (others.length > 0) {
      alone = record.handed.length;
      return { kind: 'moved' };
    }
    const report = await blameForCommit(db, subscription, only, error, pace);
    if (report) tell(report);
    // Events that are not wanted lie before it: they pass by themselves first.
    else alone = usualMax;
    return { kind: 'moved' };
  }

  return async () => {
    const record: TurnRecord = { reports: [], handed: [] };
    let turn: Turn;
    try {
      turn = await takeTurn(db, subscription, record, {
        pace,
        tracing,
        eventsMax: alone > 0 ? 1 : usualMax,
        isStopping,
      });
    } catch (error) {
      return commitRefused(record, error);
    }
    if (alone > 0) alone -= 1;
    for (const report of record.reports) tell(report);
    if (turn.kind === 'unregistered') {
      await registerConsumer(db.sql, consumer);
      return { kind: 'moved' };
    }
    if (turn.kind === 'replay') {
      const report = await replayNext(db, subscription, { tracing, timeout_ms: pace.handOverTimeout_ms });
      if (report) tell(report);
      return { kind: 'moved' };
    }
    return turn;
  };
}
