/**
 * Runs the program and stands in for it: signals go down, the exit code comes up, and when this process or the npm above it
 * is gone, the program is told by the closing of its IPC channel, so that it stops in order and frees its port and data.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';

/** Ctrl-C in a terminal reaches this process directly and once more through npm; within this time it is the same wish. */
const SAME_WISH_MS = 1000;
const PARENT_POLL_MS = 500;

/**
 * @param {string} node
 * @param {string[]} args
 * @param {{ ownSession: boolean, cacheFolder: string }} options
 * @returns {Promise<number>} the exit code
 */
export function runProgram(node, args, { ownSession, cacheFolder }) {
  const child = spawn(node, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: ownSession && process.platform !== 'win32',
    env: {
      ...process.env,
      // Programs that the program starts by name run under the same Node.
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
      // Compiled code is kept between starts, which halves the time of the second one.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? cacheFolder,
    },
  });
  // The channel only has to exist; nothing is said on it.
  child.channel?.unref();
  forwardSignals(child);
  const parentWatch = watchNpm(() => child.connected && child.disconnect());
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearInterval(parentWatch);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

function forwardSignals(child) {
  let last = Number.NEGATIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - last > SAME_WISH_MS) child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
      last = now;
    });
  }
}

/** A killed npm says nothing: its child sees only that it has another parent. Without npm a parent may leave as it likes. */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return undefined;
  const parents = npmAndShell();
  const timer = setInterval(() => {
    if (npmAndShell() === parents) return;
    clearInterval(timer);
    onGone();
  }, PARENT_POLL_MS);
  timer.unref();
  return timer;
}

/** The ids of the processes up to npm. Where a shell stands between, it is the shell that gets another parent. */
function npmAndShell() {
  const parent = process.ppid;
  try {
    const [, name, above] = /^\d+ \((.*)\) \S+ (\d+)/s.exec(readFileSync(`/proc/${parent}/stat`, 'utf8')) ?? [];
    return /^(npm|node)/.test(name ?? '') ? `${parent}` : `${parent} ${above}`;
  } catch {
    // Only Linux shows its processes as files; the shells of other systems make way for the program.
    return `${parent}`;
  }
}
