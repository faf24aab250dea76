/**
 * Sees to it that accounts and the event log agree: changes of accounts whose process died before it told of them become events,
 * and what has run out is removed.
 */
import type { Commands } from '../../commands/command.ts';
import { recordAuthChanges } from '../../commands/record-auth-change.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import type { Database } from '../../store/database.ts';
import { removeExpired } from '../../store/sessions.ts';

/** Changes are told of at once by whoever makes them; this only finds what was left behind. */
const pollEvery_ms = 5_000;
const removeEvery_ms = 3_600_000;
const removedPerStatementMax = 500;

export interface AuthChangesDeps {
  /** Commands on the worker login. */
  readonly worker: Commands;
  /** The auth login. */
  readonly auth: Database;
  readonly log: Log;
}

/** Starts the reader. It goes on when the database is away for a while. */
export function start({ worker, auth, log }: AuthChangesDeps, options: { pollEvery_ms?: number } = {}): Running {
  const interval_ms = options.pollEvery_ms ?? pollEvery_ms;
  const ended = Promise.withResolvers<void>();
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let removedAt = 0;
  let turn = Promise.resolve();

  async function once(): Promise<void> {
    const onFailure = (error: unknown, userId: string) => log.error({ error, user_id: userId }, 'change not recorded');
    // What failed stays and is not counted; the next turn tries it again.
    while ((await recordAuthChanges(worker, { userId: null, onFailure })) > 0 && !stopping);
    if (Date.now() - removedAt < removeEvery_ms) return;
    while ((await removeExpired(auth.sql, removedPerStatementMax)) > 0 && !stopping);
    removedAt = Date.now();
  }

  function tick(): void {
    turn = once().catch((error) => log.warn({ error }, 'changes of accounts wait'));
    turn.then(() => {
      if (!stopping) timer = setTimeout(tick, interval_ms);
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
