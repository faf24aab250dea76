/** Deletes shared state whose time is over. It is not answered any more anyway; this is for the disk. */
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { startWorkLoop, usualLoop } from '../../kit/work-loop.ts';
import type { Database } from '../../store/database.ts';
import { sweepStateEntries } from '../../store/state-entries.ts';

const sweepEvery_ms = 60_000;
const entriesPerTransactionMax = 500;

/** `worker` is the login of sweepers. */
export function startSweepState(worker: Database, log: Log): Running {
  return startWorkLoop(log, { name: 'sweep of state', ...usualLoop, poll_ms: sweepEvery_ms }, async () => {
    const count = await sweepStateEntries(worker.sql, entriesPerTransactionMax);
    return count === entriesPerTransactionMax ? { when: 'now' } : { when: 'in', pause_ms: sweepEvery_ms };
  });
}
