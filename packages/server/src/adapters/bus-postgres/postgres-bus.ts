/**
 * The engine that needs nothing but PostgreSQL: consumers read the log itself. A consumer's cursor and its effect commit together,
 * so the effect happens exactly once. The login of `db` is the consumers' login.
 */
import { type Pace, usualPace } from '../../consumers/pace.ts';
import type { Log } from '../../kit/log.ts';
import { noTracing, type Tracing } from '../../kit/tracing.ts';
import type { EventBus, OnHandled } from '../../ports/event-bus.ts';
import type { Database } from '../../store/database.ts';
import type { Wakes } from '../../store/wakes.ts';
import { startConsumer } from './consumer.ts';

/** Consumers on this bus use the connections of `db`, one each while they work. */
export function createPostgresBus(
  db: Database,
  wakes: Pick<Wakes, 'subscribe'>,
  log: Log,
  options: { onHandled: OnHandled; tracing?: Tracing; pace?: Partial<Pace> },
): EventBus {
  const { onHandled, tracing = noTracing } = options;
  const pace = { ...usualPace, ...options.pace };
  return {
    subscribe: (subscription) => startConsumer({ db, wakes, log, tracing, onHandled, pace }, subscription),
  };
}
