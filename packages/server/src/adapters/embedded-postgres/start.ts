/**
 * The embedded PostgreSQL: a real server from a package, started with the program, watched, restarted when it dies, and
 * stopped with the program. One program for each data folder; further processes use `attachEmbeddedPostgres`.
 */
import { chooseAccount, makePrivateFolder } from './account.ts';
import { findBinaries } from './binaries.ts';
import { openCluster } from './cluster.ts';
import { ensureDatabase } from './connect.ts';
import { EmbeddedPostgresError, explainFailure } from './errors.ts';
import { type Layout, openLayout } from './layout.ts';
import { takeFolderLock } from './lock.ts';
import type { PostgresLog } from './log.ts';
import { endOrphan } from './orphan.ts';
import { type Postmaster, type PostmasterOptions, startPostmaster } from './postmaster.ts';

/** A server that dies again and again has a cause that another start does not remove. */
const RESTARTS_MAX = 5;
const RESTARTS_WINDOW_MS = 60_000;

export interface EmbeddedPostgres {
  /** The superuser's connection string, for the program's database. */
  ownerUrl: string;
  /** `adopted`: another process runs the server, and `stop` leaves it running. */
  role: 'started' | 'adopted';
  /** Stops the server, with a checkpoint, and gives the data folder free. May be called twice. */
  stop(): Promise<void>;
  /** Resolves after `stop`; rejects with `EmbeddedPostgresError` when the server cannot be kept running. */
  done: Promise<void>;
}

export interface StartOptions {
  /** The data folder; it is made when there is none. */
  folder: string;
  log: PostgresLog;
  /** Settings of the server beside the usual ones; for tests. */
  settings?: Readonly<Record<string, string>>;
}

/** Starts PostgreSQL on the data folder and keeps it running. Throws `EmbeddedPostgresError` with a remedy in its message. */
export async function startEmbeddedPostgres({ folder, log, settings = {} }: StartOptions): Promise<EmbeddedPostgres> {
  const layout = openLayout(folder);
  const lock = takeFolderLock(layout);
  let postmaster: Postmaster | undefined;
  try {
    const account = chooseAccount(layout.folder);
    const binaries = findBinaries(account, layout);
    makePrivateFolder(layout.runFolder, account);
    await endOrphan(layout, log);
    const password = await openCluster(layout, binaries, account);
    const options = { binaries, account, settings };
    postmaster = await startPostmaster(layout, log, options);
    const url = await ensureDatabase(layout, { socketFolder: layout.runFolder, password });
    log.info({ pid: postmaster.pid, folder: layout.folder }, 'PostgreSQL is running');
    return {
      ownerUrl: url,
      role: 'started',
      ...keepRunning(postmaster, layout, log, { ...options, released: () => lock.release() }),
    };
  } catch (error) {
    await postmaster?.stop();
    lock.release();
    throw explainFailure(error, { doing: 'Starting PostgreSQL', folder: layout.folder });
  }
}

/** Watches the server and starts it again when it dies, until `stop` or until it has died too often. */
function keepRunning(
  first: Postmaster,
  layout: Layout,
  log: PostgresLog,
  { released, ...options }: PostmasterOptions & { released: () => void },
): Pick<EmbeddedPostgres, 'stop' | 'done'> {
  let current = first;
  let stopping = false;

  async function watch(): Promise<void> {
    const deaths: number[] = [];
    for (;;) {
      const lastWords = await current.exited;
      if (stopping) return;
      const now = Date.now();
      while (deaths[0] !== undefined && deaths[0] < now - RESTARTS_WINDOW_MS) deaths.shift();
      deaths.push(now);
      if (deaths.length > RESTARTS_MAX) throw gaveUp(lastWords, layout);
      log.error({ deaths: deaths.length, last_words: lastWords }, 'PostgreSQL ended unexpectedly; starting it again');
      current = await startPostmaster(layout, log, options);
      // A stop that came while the server was starting has stopped the one before it.
      if (stopping) return await current.stop();
    }
  }

  const done = watch().finally(released);
  // Whoever waits for `done` sees the error; nobody waiting must not end the process.
  done.catch(() => {});
  return {
    done,
    async stop() {
      stopping = true;
      await current.stop();
      await done.catch(() => {});
    },
  };
}

function gaveUp(lastWords: string, { folder }: Layout): EmbeddedPostgresError {
  const known = explainFailure(lastWords, { doing: 'Running PostgreSQL', folder });
  if (known.code === 'disk_full') return known;
  return new EmbeddedPostgresError(
    'gave_up',
    `PostgreSQL in ${folder} ended ${RESTARTS_MAX + 1} times within a minute: ${lastWords || 'it was killed'}. Look at the lines it logged, then start again.`,
  );
}
