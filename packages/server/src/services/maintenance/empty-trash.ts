/** Deletes for good what has been in the trash for 30 days, and forgets idempotency keys that are a day old. */
import { randomUUIDv7 } from 'node:crypto';
import type { Commands } from '../../commands/command.ts';
import { emptyTrash } from '../../commands/empty-trash.ts';
import { programIntent } from '../../commands/program-intent.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { removeOldAnswers } from '../../store/idempotency.ts';
import { spacesWithOldTrash } from '../../store/tasks.ts';

const trashKept_ms = 30 * 24 * 3_600_000;
const sweepEvery_ms = 3_600_000;
/** A transaction takes so many rows of one space, so that nobody waits long for its lock. */
const rowsPerTransactionMax = 500;
/** Tasks are loaded with their notes, to be told in their events. */
const tasksPerTransactionMax = 100;
const spacesPerReadMax = 100;

export interface EmptyTrashDeps {
  /** Commands on the worker login. */
  readonly worker: Commands;
  readonly log: Log;
}

/** Sweeps at once and then every hour. It goes on when the database is away for a while. */
export function start(deps: EmptyTrashDeps, options: { sweepEvery_ms?: number; now?: () => number } = {}): Running {
  const { log } = deps;
  const now = options.now ?? Date.now;
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();

  function tick(): void {
    turn = sweep(deps, { now: now(), isStopping: () => stopping }).catch((error) =>
      log.warn({ error }, 'the trash waits'),
    );
    turn.then(() => {
      if (!stopping) timer = setTimeout(tick, options.sweepEvery_ms ?? sweepEvery_ms);
    });
  }

  tick();
  return {
    done: ended.promise,
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await turn;
      ended.resolve();
    },
  };
}

/** One sweep over all spaces, one space at a time. `now` is in milliseconds since 1970; it ends early when `isStopping` says so. */
export async function sweep(
  { worker, log }: EmptyTrashDeps,
  options: { now: number; isStopping: () => boolean },
): Promise<void> {
  const { isStopping } = options;
  const before = new Date(options.now - trashKept_ms).toISOString();
  const intent = programIntent({ correlationId: randomUUIDv7() });
  let deleted = 0;
  for (let deletedBefore = -1; deleted > deletedBefore && !isStopping(); ) {
    deletedBefore = deleted;
    const spaceIds = await spacesWithOldTrash(worker.db.sql, before, spacesPerReadMax);
    for (const spaceId of spaceIds) {
      for (let count = 1; count > 0 && !isStopping(); deleted += count) {
        count = await emptyTrash(worker, intent, spaceId, { before, limit: tasksPerTransactionMax });
      }
    }
  }
  if (deleted > 0) log.info({ deleted }, 'the trash was emptied');
  while (!isStopping() && (await removeOldAnswers(worker.db.sql, rowsPerTransactionMax)) > 0);
}
