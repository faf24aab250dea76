import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitCodeOf, startChild } from './child.ts';
import type { Count } from './count.ts';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/** Runs vitest with more in its environment, shows what it says, and counts. A file that could not be read, and an error outside tests, count as one failure. */
export async function runVitest(args: readonly string[], env: Record<string, string> = {}): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-report-'));
  const file = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const command = ['vitest', 'run', '--passWithNoTests', ...reporters, ...args];
    const code = await exitCodeOf(startChild(command, ['ignore', 'inherit', 'inherit'], env));
    return countOf(file, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countOf(file: string, code: number): Count {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { passed: 0, failed: code === 0 ? 0 : 1 };
  }
  const unread = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + unread.length;
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}
