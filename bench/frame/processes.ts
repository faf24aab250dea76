/** What processes use, as Linux tells it below /proc. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OneProcess } from '../../e2e/harness/one-process.ts';

const clockTicksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

const settleLook_ms = 250;
const settleMax_ms = 15_000;
/** Of one processor; below it a program counts as at rest. */
const atRestShare = 0.04;

export interface Memory {
  /** Its own pages, and of shared ones its share: what would be free without the process. Bytes. */
  pss: number;
  /** All pages that it sees. Bytes. */
  rss: number;
}

const none: Memory = { pss: 0, rss: 0 };

/** Throws when there is no such process or the kernel does not tell. */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  return { pss: bytes('Pss'), rss: bytes('Rss') };
}

/** The sum over processes; one that has just ended counts nothing. */
export function memoryOfAll(pids: readonly number[]): Memory {
  return pids.reduce((sum, pid) => {
    const one = orNone(() => memoryOf(pid), none);
    return { pss: sum.pss + one.pss, rss: sum.rss + one.rss };
  }, none);
}

/** Seconds of processor time that a process has used, with those of its children that have ended. */
export function processorTimeOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in parentheses and may have spaces; the fields after it are counted from there.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / clockTicksPerSecond;
}

/** Of all processes of a program. */
export function processorTimeOfProgram(program: OneProcess): number {
  return allPids(program).reduce((sum, pid) => sum + orNone(() => processorTimeOf(pid), 0), 0);
}

export function allPids(program: OneProcess): number[] {
  const { main, postmaster, backends } = program.pids();
  return [main, ...(postmaster ? [postmaster] : []), ...backends];
}

/** Waits until the program has done what it does behind its answers, such as filing audit entries. */
export async function settle(program: OneProcess): Promise<void> {
  const end = performance.now() + settleMax_ms;
  for (let used = processorTimeOfProgram(program); performance.now() < end; ) {
    await sleep(settleLook_ms);
    const now = processorTimeOfProgram(program);
    if (((now - used) * 1000) / settleLook_ms < atRestShare) return;
    used = now;
  }
}

function orNone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
