/**
 * A clock that a test sets, for the real program and the PostgreSQL that it starts. libfaketime is loaded into both and reads, at
 * each question for the time, how far this clock is from the machine's; so all processes jump together, at once, and between jumps
 * time goes on as it does.
 *
 *   const clock = startFakeClock({ at: '2026-03-29T00:59:30Z' });
 *   const program = await startProgram({ env: clock.env });
 *   clock.jumpTo('2026-10-25T00:59:30Z');
 *   …
 *   await program.stop();
 *   clock.stop();
 *
 * Only the time of day is faked. The monotonic clock is not: timers of Node and waits of PostgreSQL last as long as they
 * would, and a jump makes none of them due. Two things of PostgreSQL do look at the time of day and hang after a jump back until the old
 * time is reached again: `pg_sleep`, and a time-out (statement, lock, deadlock, idle transaction) that was running when the clock jumped.
 * Sessions end when the clock jumps beyond their days: use a token. Times of files are the machine's. The test itself lives in the machine's time.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLibfaketime } from './libfaketime.ts';

const PRELOAD = fileURLToPath(new URL('./fake-clock-preload.ts', import.meta.url));

const SHARED_MEMORY = '/dev/shm';
/** Names of what libfaketime makes for a process, with its id; a process that is killed leaves it behind. */
const LEFTOVER = /^(?:sem\.)?faketime_(?:sem|shm)_(\d+)$/;

/** `date` answers in whole seconds and takes a moment to start. */
const DATE_TOLERANCE_MS = 5_000;

export interface FakeClock {
  /** The environment of a program that lives under this clock; what it starts lives under it too. */
  readonly env: Record<string, string>;
  /** Moves the clock, forward or back. Every question for the time that is asked later is answered by the new one. */
  jumpTo(instant: string | Date): void;
  /** What a process under this clock is told now. */
  now(): Date;
  /** Removes what the clock keeps on disk. Call it when all programs under it have ended. */
  stop(): void;
}

/** Starts a clock at an instant. Throws an error that says what to do where there is no libfaketime, or where it does not work. */
export function startFakeClock({ at }: { at: string | Date }): FakeClock {
  const library = findLibfaketime();
  const started_ms = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'daymark-clock-'));
  // PostgreSQL may run as another user, and one that cannot read the file is told the machine's time.
  chmodSync(folder, 0o755);
  const file = join(folder, 'offset');
  let offset_ms = 0;

  const clock: FakeClock = {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // The name that releases before 0.9.10 know.
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
      NODE_OPTIONS: `--import=${PRELOAD}`,
    },
    jumpTo(instant) {
      offset_ms = new Date(instant).getTime() - Date.now();
      if (Number.isNaN(offset_ms)) throw new Error(`${instant} is no instant`);
      // Replaced as a whole: a process that reads while it is written must not see half a number.
      const next = `${file}.new`;
      writeFileSync(next, `${offset_ms < 0 ? '-' : '+'}${Math.abs(offset_ms) / 1000}`, { mode: 0o644 });
      renameSync(next, file);
    },
    now: () => new Date(Date.now() + offset_ms),
    stop() {
      rmSync(folder, { recursive: true, force: true });
      removeLeftovers(started_ms);
    },
  };
  try {
    clock.jumpTo(at);
    checkClock(clock);
  } catch (error) {
    clock.stop();
    throw error;
  }
  return clock;
}

/** Asks a small program for the time: a library that cannot be loaded is passed over with a line that nobody reads. */
function checkClock({ env, now }: FakeClock): void {
  const answer = execFileSync('date', ['+%s'], { env: { ...env, PATH: process.env.PATH }, encoding: 'utf8' });
  if (Math.abs(Number(answer) * 1000 - now().getTime()) < DATE_TOLERANCE_MS) return;
  throw new Error(`${env.LD_PRELOAD} does not work here: date answers ${answer.trim()}, not ${now().toISOString()}.`);
}

/** Removes what processes left that were killed since; that of a process that lives is its own. */
function removeLeftovers(since_ms: number): void {
  for (const name of readdirSync(SHARED_MEMORY)) {
    const pid = Number(LEFTOVER.exec(name)?.[1]);
    if (!pid || statSync(`/proc/${pid}`, { throwIfNoEntry: false })) continue;
    const path = join(SHARED_MEMORY, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && found.mtimeMs >= since_ms) rmSync(path, { force: true });
  }
}
