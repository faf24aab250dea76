/**
 * Files every event in the audit log, and looks after its days: partitions are made ahead, and those beyond the retention are
 * dropped. It runs on the login `audit`, which can neither change nor remove an entry.
 */
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import { auditConsumer, dropExpired, fileEntry, makePartitions } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';

const partitionDaysAhead = 7;
const careInterval_ms = 3_600_000;
/** When looking after the days failed, for instance because a long reader held the table. */
const careRetry_ms = 60_000;

/** `bus` and `db` are those of the login `audit`. The first partitions are there before the first event is filed. */
export async function startAudit(bus: EventBus, db: Database, log: Log): Promise<Running> {
  const care = startCare(db, log);
  await care.first;
  const consumer = bus.subscribe({
    consumer: auditConsumer,
    topics: 'all',
    handle: (tx, event) => fileEntry(tx, event.event_id),
  });
  return {
    done: consumer.done,
    async stop() {
      await Promise.all([consumer.stop(), care.stop()]);
    },
  };
}

/** Looks after the partitions now and every hour. A failure waits for the next round: the default partition takes what comes. */
function startCare(db: Database, log: Log): { first: Promise<void>; stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  async function round(): Promise<void> {
    let pause_ms = careInterval_ms;
    try {
      // Dropping comes first, so that no partition is made for what expires anyway.
      const dropped = await dropExpired(db.sql);
      if (dropped.length > 0) log.info({ dropped: dropped.length }, 'audit entries beyond the retention were dropped');
      await makePartitions(db, partitionDaysAhead);
    } catch (error) {
      pause_ms = careRetry_ms;
      log.warn({ error }, 'the days of the audit log could not be looked after; it is tried again');
    }
    if (!stopping) timer = setTimeout(() => (inHand = round()), pause_ms);
  }
  let inHand = round();
  return {
    first: inHand,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await inHand;
    },
  };
}
