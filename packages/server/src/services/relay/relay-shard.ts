/**
 * The loop of a shard: turn after turn while there is something to send, then asleep until a wake-up or the slow poll. An outage of
 * the carrier or of PostgreSQL ends a turn and not the loop; the pauses grow, and the shard goes on by itself where it stood.
 *
 * An event that the carrier does not take keeps its shard waiting and is never passed over: only an outage does that, and it concerns
 * the others too. What is too large even without its payload is none: it is given up, with an error in the log.
 */
import { type BackoffLimits, backoff_ms } from '../../kit/backoff.ts';
import { createBell } from '../../kit/bell.ts';
import type { Running } from '../../kit/running.ts';
import { registerConsumer } from '../../store/cursors.ts';
import { relayCursorOf } from '../../store/relay.ts';
import type { Round } from './publish-round.ts';
import type { RelayDeps } from './relay-deps.ts';
import type { RelayPace } from './relay-pace.ts';
import { type Load, type RelayTurn, takeTurn } from './relay-turn.ts';

export interface RelayShard extends Running {
  /** There may be something to send. */
  ring(): void;
}

export function startRelayShard(deps: RelayDeps, shard: number): RelayShard {
  const { db, log, pace } = deps;
  const woken = createBell();
  // Of failures nobody is woken early; only stopping ends those pauses.
  const stopped = createBell();
  let stopping = false;
  let load: Load | undefined;
  let troubles = 0;
  let heldBack = 0;

  async function turn(): Promise<void> {
    const given = load;
    // Whatever goes wrong from here on, the events are read again from the cursor.
    load = undefined;
    const pause_ms = (failures: number) => backoff_ms(failures, Math.random, retryLimits(pace));
    const taken = await takeTurn(deps, { shard, load: given, pause_ms });
    if (troubles > 0) log.info({ shard }, 'the relay goes on');
    troubles = 0;
    heldBack = taken.kind === 'nothing' && taken.heldBack ? heldBack + 1 : 0;
    if (taken.kind === 'moved' || taken.kind === 'retry') {
      load = taken.load;
      if (taken.round) report(deps, shard, taken.round, given?.failures ?? 0);
    }
    await rest(taken);
  }

  async function rest(taken: RelayTurn): Promise<void> {
    if (taken.kind === 'nothing') await woken.wait(idlePause_ms(pace, heldBack));
    else if (taken.kind === 'retry') await stopped.wait(taken.wait_ms);
    else if (taken.kind === 'stand_by') await stopped.wait(withJitter(pace.standBy_ms));
    else if (taken.kind === 'unregistered') await registerConsumer(db.sql, relayCursorOf(shard));
  }

  async function run(): Promise<void> {
    while (!stopping) {
      try {
        await turn();
      } catch (error) {
        troubles += 1;
        // One line when it begins, not one a try for as long as it lasts.
        if (troubles === 1) log.warn({ error, shard }, 'the relay is interrupted and will go on by itself');
        await stopped.wait(
          backoff_ms(troubles, Math.random, { base_ms: pace.troubleMin_ms, cap_ms: pace.troubleMax_ms }),
        );
      }
    }
  }

  const done = run();
  return {
    done,
    ring: () => woken.ring(),
    async stop() {
      stopping = true;
      woken.ring();
      stopped.ring();
      await done;
    },
  };
}

const retryLimits = (pace: RelayPace): BackoffLimits => ({ base_ms: pace.retryMin_ms, cap_ms: pace.retryMax_ms });

const jitterShare = 0.2;

/** Spreads pauses, so that replicas and shards do not poll in step. */
const withJitter = (pause_ms: number): number => pause_ms * (1 + jitterShare * (2 * Math.random() - 1));

/** `heldBack` counts the looks in a row that found only what an older transaction holds back. */
function idlePause_ms(pace: RelayPace, heldBack: number): number {
  if (heldBack === 0) return withJitter(pace.poll_ms);
  return Math.min(pace.heldBackMax_ms, pace.heldBackMin_ms * 2 ** Math.min(heldBack - 1, 20));
}

/** `failuresBefore`: requests in a row that had failed before this one. */
function report(deps: RelayDeps, shard: number, round: Round, failuresBefore: number): void {
  const { log } = deps;
  deps.onRequest(round.duration_s);
  for (const [topic, count] of round.taken) deps.onRelayed(topic, count);
  for (const [{ event }, outcome] of round.outcomes) {
    const what = { shard, event_id: event.event_id, event_type: event.event_type };
    if (outcome === 'too_large') log.warn(what, 'an event is too large to travel with its payload and goes without it');
    if (outcome === 'given_up') log.error(what, 'an event cannot travel at all; readers find it in the log');
    if (outcome === 'too_large' || outcome === 'given_up') deps.onFailure('too_large');
  }
  if (round.failure) deps.onFailure('carrier');
  if (round.failure && failuresBefore === 0) {
    log.warn(
      { shard, error: round.failure.error },
      'the carrier does not take events; they are sent again until it does',
    );
  }
  if (!round.failure && failuresBefore > 0)
    log.info({ shard, failures: failuresBefore }, 'the carrier takes events again');
}
