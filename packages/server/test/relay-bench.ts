/** What each test of the relay starts from: a database of its own, a carrier in memory, and relays as in processes of their own. */
import { noFailPoints } from '../src/kit/fail-point.ts';
import { openLog } from '../src/kit/log.ts';
import type { Running } from '../src/kit/running.ts';
import { noTracing } from '../src/kit/tracing.ts';
import type { RelayDeps } from '../src/services/relay/relay-deps.ts';
import { startRelay } from '../src/services/relay/relay-module.ts';
import type { RelayPace } from '../src/services/relay/relay-pace.ts';
import { openDatabase } from '../src/store/database.ts';
import type { RelayState } from '../src/store/relay.ts';
import { openWakes } from '../src/store/wakes.ts';
import { until } from './bus-effects.ts';
import { type FakeCarrier, fakeCarrier } from './fake-carrier.ts';
import { openSpine, type Spine } from './fixtures.ts';

/** Nothing waits for a poll where a wake-up should do. */
const pace: Partial<RelayPace> = {
  ...{ poll_ms: 2_000, letterPoll_ms: 20, standBy_ms: 20, watch_ms: 20 },
  ...{ retryMin_ms: 2, retryMax_ms: 20, troubleMin_ms: 5, troubleMax_ms: 50 },
};

export interface LoggedEvent {
  event_id: string;
  space_id: string;
  version: number;
}

export interface RelayBench {
  readonly spine: Spine;
  readonly carrier: FakeCarrier;
  /** Lines that the relays logged. */
  readonly lines: Record<string, unknown>[];
  readonly reports: { relayed: Map<string, number>; failures: Map<string, number>; states: Map<number, RelayState> };
  /** A relay with connections of its own, as in another process. */
  start(change?: Partial<Omit<RelayDeps, 'pace'>> & { pace?: Partial<RelayPace> }): Running;
  log(): Promise<LoggedEvent[]>;
  /** Waits until each event of the log arrived. */
  untilAllArrived(): Promise<void>;
  close(): Promise<void>;
}

export async function openRelayBench(): Promise<RelayBench> {
  const spine = await openSpine();
  const carrier = fakeCarrier();
  const lines: Record<string, unknown>[] = [];
  const { log } = openLog({ level: 'info', service: 'test', write: (line) => lines.push(JSON.parse(line)) });
  const reports: RelayBench['reports'] = { relayed: new Map(), failures: new Map(), states: new Map() };
  const closers: (() => Promise<void>)[] = [];
  const count = (counts: Map<string, number>, name: string, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by);

  const events = () =>
    spine.databases.owner.sql.rows<LoggedEvent>(
      'select event_id, space_id, version from events order by space_id, version',
    );

  return {
    spine,
    carrier,
    lines,
    reports,
    log: events,
    start({ pace: other, ...change } = {}) {
      const onError = () => {};
      const db = openDatabase(spine.urls.worker, { name: 'relay', connectionsMax: 8, onError });
      const wakes = openWakes({ url: spine.urls.worker, onError });
      const running = startRelay({
        ...{ db, carrier, wakes, log, tracing: noTracing, failPoints: noFailPoints },
        onRelayed: (topic, by) => count(reports.relayed, topic, by),
        onRequest() {},
        onFailure: (reason) => count(reports.failures, reason),
        onState: (state) => reports.states.set(state.shard, state),
        ...change,
        pace: { ...pace, ...other },
      });
      let stopping: Promise<void> | undefined;
      const stop = () => {
        stopping ??= running.stop().then(async () => {
          await wakes.close();
          await db.close();
        });
        return stopping;
      };
      closers.push(stop);
      return { done: running.done, stop };
    },
    async untilAllArrived() {
      const ids = (await events()).map((event) => event.event_id);
      await until(`${ids.length} events arrive`, () => {
        const arrived = new Set(carrier.taken.map(({ event }) => event.id));
        return ids.every((id) => arrived.has(id));
      });
    },
    async close() {
      for (const close of closers.toReversed()) await close();
      await spine.close();
    },
  };
}
