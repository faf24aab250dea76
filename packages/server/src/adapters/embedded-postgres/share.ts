/**
 * Several processes of one installation on one data folder. The first one runs the server, the others use it; when the one that runs
 * it stops or dies, one of those that are left runs it on. Between the two the server is away for about a second, which its users
 * take as any other short outage.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { attachEmbeddedPostgres } from './attach.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { type EmbeddedPostgres, type StartOptions, startEmbeddedPostgres } from './start.ts';

/** How often a process looks whether the folder is without one that runs its server. */
const look_ms = 500;

/** Processes of an installation have pools of their own: more connections than one process needs. */
const SETTINGS = { max_connections: '400' };

/**
 * Connects to the server of this data folder, or starts it where none runs, and sees to it that it goes on running until `stop`. Throws
 * `EmbeddedPostgresError`; `done` rejects with one.
 */
export async function shareEmbeddedPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  const shared = { ...options, settings: { ...SETTINGS, ...options.settings } };
  const attached = await attachEmbeddedPostgres(shared);
  return attached.role === 'started' ? attached : watched(attached, shared);
}

/** A server that another process runs, until this one has to. */
function watched({ ownerUrl }: EmbeddedPostgres, options: StartOptions): EmbeddedPostgres {
  const stopped = new AbortController();
  let own: EmbeddedPostgres | undefined;

  async function watch(): Promise<void> {
    while (own === undefined) {
      await sleep(look_ms, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted) return;
      own = await takeOver(options);
    }
    if (stopped.signal.aborted) await own.stop();
    await own.done;
  }

  const done = watch();
  // Whoever waits for `done` sees the error; nobody waiting must not end the process.
  done.catch(() => {});
  return {
    ownerUrl,
    role: 'adopted',
    done,
    async stop() {
      stopped.abort();
      await own?.stop();
      await done.catch(() => {});
    },
  };
}

/** Runs the server where nobody else does; undefined while somebody does. A server that outlived its process is ended first. */
async function takeOver({ folder, log, settings = {} }: StartOptions): Promise<EmbeddedPostgres | undefined> {
  try {
    const server = await startEmbeddedPostgres({ folder, log, settings });
    log.warn({ folder }, 'the process that ran PostgreSQL is gone, so this one runs it on');
    return server;
  } catch (error) {
    if (error instanceof EmbeddedPostgresError && error.code === 'folder_in_use') return undefined;
    throw error;
  }
}
