/**
 * Two starts at once must not install or build into the same folders. The lock is a file with the ids of the processes at
 * work: the bootstrap and the npm it started, which lives on when the bootstrap is killed. It is free again when all of them ended.
 */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError, say } from './setup-error.mjs';

const POLL_MS = 200;
const WAIT_MAX_MS = 15 * 60_000;

/**
 * Does the work while no other bootstrap of this checkout does any. The work is handed a function that tells the lock of
 * a process it started.
 * @template Result
 * @param {string} root
 * @param {(busyWith: (pid: number) => void) => Promise<Result>} work
 */
export async function withSetupLock(root, work) {
  const folder = join(root, '.cache');
  const path = join(folder, 'setup.lock');
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new SetupError(
      `The folder ${root} cannot be written (${error.code}). Change its owner, or clone it to a folder of yours.`,
    );
  }
  await take(path);
  try {
    return await work((pid) => writeFileSync(path, `${process.pid} ${pid}`));
  } finally {
    rmSync(path, { force: true });
  }
}

async function take(path) {
  const deadline = Date.now() + WAIT_MAX_MS;
  for (let told = false; !tryTake(path); told = true) {
    const holders = readHolders(path);
    if (holders.length > 0 && !holders.some(isAlive)) dropStale(path, holders);
    else {
      if (!told) say('Waiting for another start of this checkout that is installing or building…');
      if (Date.now() > deadline)
        throw new SetupError(`Another start has been installing for too long. Stop it, or remove ${path}.`);
      await sleep(POLL_MS);
    }
  }
}

function tryTake(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolders(path) {
  try {
    return readFileSync(path, 'utf8')
      .split(' ')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

/** Moves the lock of dead processes away. Of several that find it stale, one moves it; a fresh lock that was moved by mistake is put back. */
function dropStale(path, holders) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readHolders(aside).join() === holders.join()) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
