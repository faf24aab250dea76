/** What `postmaster.pid` says about a server that runs, or ran, on a cluster; and how to end one that nobody watches. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Layout, SOCKET_PORT } from './layout.ts';
import type { PostgresLog } from './log.ts';

/** How long each way of asking it to stop may take: fast (with a checkpoint), immediate, killed. */
const STOP_STEPS = [
  { signal: 'SIGINT', wait_ms: 20_000 },
  { signal: 'SIGQUIT', wait_ms: 5_000 },
  { signal: 'SIGKILL', wait_ms: 5_000 },
] as const;

const POLL_MS = 10;

export interface PostmasterFile {
  pid: number;
  socketFolder: string;
  ready: boolean;
}

/** Reads `postmaster.pid`, or null where there is none. */
export function readPostmasterFile(cluster: string): PostmasterFile | null {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, socketFolder: lines[4] ?? '', ready: lines[7]?.trim() === 'ready' };
}

/** Whether the process is a server of this cluster: an id alone could have been given to another process since. */
export function isPostmasterOf(pid: number, cluster: string): boolean {
  const command = commandLine(pid);
  return command.includes('postgres') && command.includes(cluster);
}

function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/**
 * Ends a server that outlived the program that started it. It is ended, not kept: its transactions and locks belong to
 * clients that are gone, it may run an older release's settings, and nobody would be told when it dies. Call it
 * only while holding the folder's lock.
 */
export async function endOrphan({ cluster, runFolder }: Layout, log: PostgresLog): Promise<void> {
  const found = readPostmasterFile(cluster);
  if (found && isPostmasterOf(found.pid, cluster)) {
    log.warn({ pid: found.pid }, 'ending the PostgreSQL that an earlier run left behind');
    await stopProcess(found.pid);
  }
  disownLockFiles(cluster, runFolder);
}

/**
 * A killed server leaves its lock files, and PostgreSQL takes any process that has the id in them for a server: one that got
 * the id since, or the dead one itself while nobody has waited for it. The lock of the socket can go. The other file also says which
 * shared memory the last processes of the dead server may still use, so it stays and gets this process's id,
 * which PostgreSQL passes over as that of its parent.
 */
function disownLockFiles(cluster: string, runFolder: string): void {
  const socket = join(runFolder, `.s.PGSQL.${SOCKET_PORT}`);
  for (const path of [socket, `${socket}.lock`]) rmSync(path, { force: true });
  const path = join(cluster, 'postmaster.pid');
  if (!existsSync(path)) return;
  const [, ...rest] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, [process.pid, ...rest].join('\n'));
}

/** Asks a server to stop, then insists. Resolves when the process is gone; throws when even killing did not help. */
export async function stopProcess(pid: number): Promise<void> {
  for (const { signal, wait_ms } of STOP_STEPS) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = Date.now() + wait_ms;
    while (Date.now() < deadline) {
      if (!isAlive(pid)) return;
      await sleep(POLL_MS);
    }
  }
  throw new Error(`PostgreSQL (pid ${pid}) does not stop`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** Ended, but its parent has not asked how; in a container nobody may ever. Only Linux can be asked without a program. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    // The name before the state is in parentheses and may hold any character.
    return /\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
