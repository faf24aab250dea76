/** What begins and ends a test run. */
import { endChildren } from './child.ts';
import type { Count } from './count.ts';

function stopEarly(): void {
  endChildren();
  process.exit(1);
}

/** Whoever stops the run, or is gone, takes what it started along. */
export function stopWithStarter(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stopEarly);
  process.on('disconnect', stopEarly);
}

/** Prints the line that counts, and says by the exit code whether anything failed. */
export function finish({ passed, failed }: Count): void {
  // Our own farewell is not the word that the starting program ended.
  process.off('disconnect', stopEarly);
  if (process.connected) process.disconnect?.();
  process.exitCode = failed > 0 ? 1 : 0;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}
