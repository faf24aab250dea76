/** `daymark reconcile` as an operator runs it, against the database of a run. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMMAND_LINE = fileURLToPath(new URL('../../packages/server/src/cli.ts', import.meta.url));

/** What was written so recently is not judged; everything has come to rest before it is asked. */
const GRACE_SECONDS = '1';

export interface Reconciled {
  /** The last line, which sums up. */
  readonly line: string;
  readonly code: number | null;
  /** What it names before that, and what it complains of. */
  readonly findings: readonly string[];
}

/** `env` says which database; it holds nothing else of the caller's environment. */
export async function runReconcile(env: Readonly<Record<string, string>>): Promise<Reconciled> {
  const child = spawn(process.execPath, [COMMAND_LINE, 'reconcile', '--grace', GRACE_SECONDS], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const lines = printed.trim().split('\n');
  return { line: lines.at(-1) ?? '', code, findings: lines.slice(0, -1) };
}
