/**
 * `npm test`: the house rules, the linter, the types, dead code, then all tests; those from outside twice, on one process and on one for
 * each target. Arguments go to vitest and choose its files: `npm test -- store/` runs the tests below a folder of that name and nothing
 * else. The last line counts. What needs Kafka, Dapr and their like is `npm run test:engines`.
 */
import { findChromium } from './chromium.ts';
import { runCheck } from './test/check.ts';
import { add, type Count } from './test/count.ts';
import { fuzzRequestsFew, fuzzRequestsMany, runPass } from './test/end-to-end.ts';
import { finish, stopWithStarter } from './test/run-frame.ts';
import { runVitest } from './test/vitest.ts';

const CHECKS: readonly [name: string, ...command: string[]][] = [
  ['house rules', 'node', 'tools/tidy.ts'],
  ['biome', 'biome', 'check', '--error-on-warnings'],
  ['types', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['types of the web application', 'tsc', '--noEmit', '-p', 'packages/web/tsconfig.json'],
  ['dead code', 'knip', '--no-progress'],
];

stopWithStarter();
const filters = process.argv.slice(2);
finish(filters.length > 0 ? await runChosen(filters) : add(await runChecks(), await runAll()));

async function runChecks(): Promise<Count> {
  let count: Count = { passed: 0, failed: 0 };
  for (const [name, ...command] of CHECKS) count = add(count, await runCheck(name, command));
  return count;
}

async function runAll(): Promise<Count> {
  const inside = await runVitest(['--project', 'unit', '--project', 'pg']);
  const browser = browserCheck();
  const whole = await runPass({ topology: 'all', bus: 'postgres', fuzzRequests: fuzzRequestsMany });
  const split = await runPass({ topology: 'split', bus: 'postgres', fuzzRequests: fuzzRequestsFew });
  return [inside, browser, whole, split].reduce(add);
}

/** End-to-end tests among them run in the form that the environment names, else as one process. */
async function runChosen(names: readonly string[]): Promise<Count> {
  const inside = await runVitest(['--project', 'unit', '--project', 'pg', ...names]);
  const total = add(inside, await runVitest(['--project', 'e2e', '--no-file-parallelism', ...names]));
  if (total.passed + total.failed > 0) return total;
  process.stdout.write(`No test file matches ${names.join(' ')}.\n`);
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
