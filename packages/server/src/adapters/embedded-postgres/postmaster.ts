/** One run of the server: from its start to its exit. */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError, explainFailure } from './errors.ts';
import type { Layout } from './layout.ts';
import type { PostgresLog } from './log.ts';
import { readPostmasterFile, stopProcess } from './orphan.ts';
import { settingArguments } from './settings.ts';
import { spawnAs } from './spawn.ts';

/** Replaying the log after a crash takes as long as it takes; a minute and more is said, ten are a fault. */
const READY_MAX_MS = 10 * 60_000;
const READY_SLOW_MS = 5_000;
const READY_POLL_MS = 5;

/** The backends of a killed server take a moment to notice and to leave its shared memory. */
const LEFTOVERS_MAX_MS = 15_000;
const LEFTOVERS_POLL_MS = 50;

const LINES_KEPT_MAX = 20;

export interface Postmaster {
  pid: number;
  /** Resolves when the process has ended, with the last words of its log. */
  exited: Promise<string>;
  stop(): Promise<void>;
}

export interface PostmasterOptions {
  binaries: Binaries;
  account: Account;
  settings: Readonly<Record<string, string>>;
}

/** Starts the server and resolves when it takes connections. Throws `EmbeddedPostgresError`. */
export async function startPostmaster(
  layout: Layout,
  log: PostgresLog,
  options: PostmasterOptions,
): Promise<Postmaster> {
  const deadline = Date.now() + LEFTOVERS_MAX_MS;
  for (;;) {
    const postmaster = spawnPostmaster(layout, log, options);
    const lastWords = await Promise.race([postmaster.exited, becomesReady(postmaster.pid, layout, log)]);
    if (lastWords === null) return postmaster;
    const leftovers = /is still in use|postmaster\.pid" already exists/.test(lastWords);
    if (!leftovers || Date.now() > deadline)
      throw explainFailure(lastWords, { doing: 'Starting PostgreSQL', folder: layout.folder });
    await sleep(LEFTOVERS_POLL_MS);
  }
}

function spawnPostmaster(
  layout: Layout,
  log: PostgresLog,
  { binaries, account, settings }: PostmasterOptions,
): Postmaster {
  const args = settingArguments({ ...settings, unix_socket_directories: layout.runFolder });
  const child = spawnAs(account, binaries.postgres, ['-D', layout.cluster, ...args]);
  child.stdin.end();
  child.stdin.on('error', () => {});
  child.stdout.resume();
  const words: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line);
    if (words.length > LINES_KEPT_MAX) words.shift();
    forward(line, log);
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(failureIn(words)));
  });
  const pid = child.pid ?? 0;
  return { pid, exited, stop: () => (pid ? stopProcess(pid) : Promise.resolve()) };
}

/** Resolves to null when the server of this process id takes connections. */
async function becomesReady(pid: number, { cluster, folder }: Layout, log: PostgresLog): Promise<null> {
  const started = Date.now();
  let told = false;
  for (;;) {
    const file = readPostmasterFile(cluster);
    if (file?.pid === pid && file.ready) return null;
    const waited_ms = Date.now() - started;
    if (waited_ms > READY_SLOW_MS && !told) {
      log.info({ waited_ms }, 'PostgreSQL is still replaying its log after an unclean stop');
      told = true;
    }
    if (waited_ms > READY_MAX_MS) {
      await stopProcess(pid);
      throw new EmbeddedPostgresError(
        'start_failed',
        `PostgreSQL in ${folder} did not become ready within ${READY_MAX_MS / 60_000} minutes. Look at the lines it logged.`,
      );
    }
    await sleep(READY_POLL_MS);
  }
}

/** What explains an exit: the lines that are faults, else whatever was said last. */
function failureIn(words: string[]): string {
  const faults = words.filter((line) => /^(PANIC|FATAL|ERROR):/.test(line) || /no space left/i.test(line));
  return (faults.length > 0 ? faults : words.slice(-3)).join('\n');
}

/** A FATAL ends one session, whose client is told; that of a server which does not start is in its last words. */
function forward(line: string, log: PostgresLog): void {
  const [, severity = 'LOG', text = line] = /^([A-Z]+): {2}(.*)$/.exec(line) ?? [];
  if (severity === 'PANIC') log.error({ severity }, `PostgreSQL: ${text}`);
  else if (severity === 'WARNING') log.warn({ severity }, `PostgreSQL: ${text}`);
  else log.debug({ severity }, `PostgreSQL: ${text}`);
}
