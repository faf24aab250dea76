/** The folder that keeps what was downloaded or built for the engines, and the lock under which one process at a time does so. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_POLL_MS = 200;

/** DAYMARK_ENGINES_DIR, else a folder of the user's cache. */
export function enginesFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.DAYMARK_ENGINES_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'daymark', 'engines');
}

/** Does something that is done once and kept there; other processes that want it wait. The scratch folder goes away afterwards. */
export async function inEnginesFolder<T>(
  folder: string,
  name: string,
  work: (scratch: string) => Promise<T>,
): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, `.${name}.lock`);
  while (takeLock(lock) !== undefined) await sleep(LOCK_POLL_MS);
  const scratch = await mkdtemp(join(folder, `.${name}-`));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    rmSync(lock, { force: true });
  }
}

/**
 * Takes a lock file for this process and returns undefined, or the id of the live process that holds it. The file appears with its
 * holder's id in it, at once, so that it can always be told whether its holder lives.
 */
export function takeLock(lock: string): number | undefined {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(mine, { force: true });
  }
  const holder = holderOf(lock);
  if (isAlive(holder)) return holder;
  rmSync(lock, { force: true });
  return takeLock(lock);
}

/** Zero when the file has gone meanwhile. */
function holderOf(lock: string): number {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
