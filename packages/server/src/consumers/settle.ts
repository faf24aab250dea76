/**
 * The place of a consumer that a carrier feeds: its cursor follows what is done, event by event in the order of the log. What is found
 * on the way that is not done and should be, because it waits for a next try that is due or because no carrier has brought it, is
 * answered: it is handed over from the log.
 */
import type { Subscription } from '../ports/event-bus.ts';
import { type BeyondEvent, dropPassed, eventsBeyondCursor } from '../store/consumer-ahead.ts';
import { becomeActive, forgetFailure, moveCursor } from '../store/cursors.ts';
import type { Database } from '../store/database.ts';
import { findReplay } from '../store/dead-letters.ts';
import type { Pace } from './pace.ts';
import { isWanted } from './wanted.ts';

export interface Settled {
  /** Space → the version up to which it is to be handed over from the log. */
  readonly due: ReadonlyMap<string, number>;
  /** The cursor has moved as far as one look reaches: there may be more. */
  readonly more: boolean;
  /** Until the nearest next try of a failed event; undefined when none waits. */
  readonly wait_ms: number | undefined;
  /** A dead letter is to be replayed. */
  readonly replay: boolean;
}

const nothing: Settled = { due: new Map(), more: false, wait_ms: undefined, replay: false };

/** Moves the cursor past what is done. Of several replicas one does it, the others answer that there is nothing. */
export function settle(db: Database, subscription: Subscription, pace: Pace): Promise<Settled> {
  const { consumer } = subscription;
  return db.transaction(async (sql) => {
    const [active, events, replay] = await Promise.all([
      becomeActive(sql, consumer),
      eventsBeyondCursor(sql, consumer, pace.settleEventsMax),
      findReplay(sql, consumer),
    ]);
    if (!active) return nothing;
    const isDone = (event: BeyondEvent) => event.done || !isWanted(subscription, event);
    const firstOpen = events.findIndex((event) => !isDone(event));
    const passed = firstOpen < 0 ? events : events.slice(0, firstOpen);
    const last = passed.at(-1);
    if (last) {
      await moveCursor(sql, consumer, last);
      await dropPassed(sql, consumer, newestOf(passed));
      // Failed, and not wanted any more: the topics that are wanted have changed since.
      for (const { event_id, wait_ms } of passed) if (wait_ms !== null) await forgetFailure(sql, consumer, event_id);
    }
    const open = events.slice(passed.length).filter((event) => !isDone(event));
    const waits = open.flatMap((event) => (event.wait_ms === null || event.wait_ms === 0 ? [] : [event.wait_ms]));
    return {
      due: dueOf(open, pace),
      more: firstOpen < 0 && events.length === pace.settleEventsMax,
      wait_ms: waits.length === 0 ? undefined : Math.min(...waits),
      replay: replay !== undefined,
    };
  });
}

const newestOf = (events: readonly BeyondEvent[]) =>
  [...new Map(events.map((event) => [event.space_id, event.version]))].map(([space_id, version]) => ({
    space_id,
    version,
  }));

/**
 * A space whose event waits for its next try waits as a whole. What comes after that event may have arrived meanwhile and was held up,
 * so it is due together with it.
 */
function dueOf(open: readonly BeyondEvent[], pace: Pace): Map<string, number> {
  const waiting = new Set(open.filter(({ wait_ms }) => (wait_ms ?? 0) > 0).map((event) => event.space_id));
  const retried = new Set(open.filter(({ wait_ms }) => wait_ms === 0).map((event) => event.space_id));
  const due = new Map<string, number>();
  for (const { space_id, version, age_ms } of open) {
    if (waiting.has(space_id)) continue;
    if (retried.has(space_id) || age_ms >= pace.repairGrace_ms) due.set(space_id, version);
  }
  return due;
}
