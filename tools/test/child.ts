/** The programs that a test run starts, so that they end with it. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The slowest step is the end-to-end tests; one that takes longer hangs. */
const STEP_MAX_MS = 40 * 60_000;

const running = new Set<ChildProcess>();

/** Starts a program of the repository's packages under the Node that runs this. */
export function startChild(
  [name = '', ...args]: readonly string[],
  stdio: StdioOptions,
  env: Record<string, string> = {},
): ChildProcess {
  const path = [`${root}node_modules/.bin`, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
  const program = name === 'node' ? process.execPath : name;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env, PATH: path },
    stdio,
    timeout: STEP_MAX_MS,
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** Resolves to the exit code; a program that cannot be started, or was ended, counts as failed. */
export function exitCodeOf(child: ChildProcess): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  child.once('error', (error) => {
    process.stdout.write(`${error.message}\n`);
    resolve(1);
  });
  child.once('close', (code) => resolve(code ?? 1));
  return promise;
}

/** Ends what still runs. */
export function endChildren(): void {
  for (const child of running) child.kill('SIGTERM');
}
