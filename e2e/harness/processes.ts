/** Processes of the machine, as `ps` shows them on Linux and macOS. */
import { execFileSync } from 'node:child_process';

/** The ids of the processes that `parent` started and that still run. */
export function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, ppid]) => ppid === parent)
    .map(([pid = 0]) => pid);
}

/** What a process calls itself; PostgreSQL's processes say there what they do. Empty when there is no such process. */
export function titleOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
