/** What a process of this machine is seen to do from outside, for tests that look whether anything is left. */
import { execFileSync } from 'node:child_process';

/** Whether a process is there and is more than an entry that nobody has collected yet. */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return state !== '' && !state.startsWith('Z');
  } catch {
    return false;
  }
}

/** The addresses on which a process listens, as `127.0.0.1:9092`; `*:9092` is every interface. */
export function listenersOf(pid: number): string[] {
  const lines = execFileSync('lsof', ['-a', '-p', String(pid), '-iTCP', '-sTCP:LISTEN', '-nP', '-Fn'], {
    encoding: 'utf8',
  });
  return lines
    .split('\n')
    .filter((line) => line.startsWith('n'))
    .map((line) => line.slice(1));
}
