/**
 * `npm test`: the house rules, the linter, the types, dead code, then all tests. Arguments go to vitest and choose its files:
 * `npm test -- store/` runs the tests below a folder of that name and nothing else. The last line counts.
 */
import { findChromium } from './chromium.ts';
import { runCheck } from './test/check.ts';
import { endChildren } from './test/child.ts';
import { add, type Count } from './test/count.ts';
import { runVitest } from './test/vitest.ts';

const CHECKS: readonly [name: string, ...command: string[]][] = [
  ['house rules', 'node', 'tools/tidy.ts'],
  ['biome', 'biome', 'check', '--error-on-warnings'],
  ['types', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['types of the web application', 'tsc', '--noEmit', '-p', 'packages/web/tsconfig.json'],
  ['dead code', 'knip', '--no-progress'],
];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stopEarly);
process.on('disconnect', stopEarly);

const filters = process.argv.slice(2);
const total = filters.length > 0 ? await runTests(filters) : add(await runChecks(), await runTests([]));
// Our own farewell is not the word that the starting program ended.
process.off('disconnect', stopEarly);
if (process.connected) process.disconnect?.();
process.exitCode = total.failed > 0 ? 1 : 0;
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);

async function runChecks(): Promise<Count> {
  let count: Count = { passed: 0, failed: 0 };
  for (const [name, ...command] of CHECKS) count = add(count, await runCheck(name, command));
  return count;
}

async function runTests(args: string[]): Promise<Count> {
  const inside = await runVitest(['--project', 'unit', '--project', 'pg', ...args]);
  const browser = args.length > 0 ? { passed: 0, failed: 0 } : browserCheck();
  // One file at a time: each starts the whole program, and the slower they are the less they show.
  const outside = await runVitest(['--project', 'e2e', '--no-file-parallelism', ...args]);
  const total = add(add(inside, browser), outside);
  if (total.passed + total.failed > 0) return total;
  process.stdout.write(`No test file matches ${args.join(' ')}.\n`);
  return { passed: 0, failed: 1 };
}

/** Brings the browser before the tests, so that a missing one is said once and clearly. */
function browserCheck(): Count {
  try {
    findChromium();
    return { passed: 0, failed: 0 };
  } catch (error) {
    process.stdout.write(`✗ browser\n${(error as Error).message}\n`);
    return { passed: 0, failed: 1 };
  }
}

function stopEarly(): void {
  endChildren();
  process.exit(1);
}
