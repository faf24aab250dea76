import { exitCodeOf, startChild } from './child.ts';
import type { Count } from './count.ts';

/** Runs one program that answers with its exit code, as one test; what it prints is shown only when it fails. */
export async function runCheck(name: string, command: readonly string[]): Promise<Count> {
  const started = performance.now();
  const child = startChild(command, ['ignore', 'pipe', 'pipe']);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const code = await exitCodeOf(child);
  const duration = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  process.stdout.write(code === 0 ? `✓ ${name} (${duration})\n` : `✗ ${name} (${duration})\n${output.trimEnd()}\n`);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
