/** The relay as the program runs it: with connections of its own, which a carrier that is slow to answer may hold for a while. */
import type { FailPoints } from '../kit/fail-point.ts';
import type { Log } from '../kit/log.ts';
import type { Metrics } from '../kit/metrics.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
import type { Tracing } from '../kit/tracing.ts';
import type { EventCarrier } from '../ports/event-carrier.ts';
import { startRelay } from '../services/relay/relay-module.ts';
import { openDatabase } from '../store/database.ts';
import { relayShards } from '../store/relay.ts';
import type { Wakes } from '../store/wakes.ts';

/** One for each shard, one for the dead letters, one to measure with. */
const connectionsMax = relayShards + 2;

export interface RelaySurroundings {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly failPoints: FailPoints;
  readonly wakes: Pick<Wakes, 'subscribe'>;
  /** How the worker connects. */
  readonly workerUrl: string;
}

/** Without a carrier consumers read the log themselves, and there is nothing to relay. */
export function startRelayTo(carrier: EventCarrier | undefined, surroundings: RelaySurroundings): Running {
  const { log, metrics, tracing, failPoints, wakes, workerUrl } = surroundings;
  if (!carrier) {
    log.debug('events are not carried anywhere: the relay has nothing to do');
    return runningUntilStopped();
  }
  let stopping = false;
  const onError = (error: Error) => {
    if (!stopping) log.warn({ pool: 'relay', error }, 'a database connection ended');
  };
  const db = openDatabase(workerUrl, { name: 'relay', connectionsMax, onError });
  const { pool } = db;
  metrics.watchPool('relay', () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }));
  const relay = startRelay({
    ...{ db, carrier, wakes, log, tracing, failPoints },
    onRelayed: (topic, count) => metrics.eventsRelayed.inc({ topic }, count),
    onRequest: (duration_s) => metrics.relayBatchDuration.observe(duration_s),
    onFailure: (reason) => metrics.relayFailures.inc({ reason }),
    onState({ shard, lag_events, lag_seconds }) {
      metrics.outboxLag.set({ shard: String(shard) }, lag_events);
      metrics.outboxAge.set({ shard: String(shard) }, lag_seconds);
    },
  });
  return {
    done: relay.done,
    async stop() {
      await relay.stop();
      stopping = true;
      await db.close();
    },
  };
}
