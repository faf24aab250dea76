/**
 * `npm run test:engines`: the tests that need engines, then the end-to-end tests with each engine that is here, as one process and as one
 * for each target. What is missing is left out and named. Words choose: `npm run test:engines -- kafka`, `dapr`, or `contracts` for the
 * tests that need engines alone. The last line counts.
 */

import { findChromium } from './chromium.ts';
import { availableEngines } from './engines/available.ts';
import { add, type Count } from './test/count.ts';
import { fuzzRequestsFew, runPass } from './test/end-to-end.ts';
import { runEngineTests } from './test/engine-tests.ts';
import { finish, stopWithStarter } from './test/run-frame.ts';

const buses = ['kafka', 'dapr'] as const;
const topologies = ['all', 'split'] as const;
const parts = ['contracts', ...buses];

stopWithStarter();
finish(await run(process.argv.slice(2)));

async function run(words: readonly string[]): Promise<Count> {
  const unknown = words.find((word) => !parts.includes(word));
  if (unknown !== undefined) {
    process.stdout.write(`There is no part ${unknown}. Choose from ${parts.join(', ')}.\n`);
    return { passed: 0, failed: 1 };
  }
  const isWanted = (part: string) => words.length === 0 || words.includes(part);
  const missing = await availableEngines();
  let total: Count = { passed: 0, failed: 0 };
  if (isWanted('contracts')) total = add(total, await runEngineTests(missing));
  for (const bus of buses.filter(isWanted)) {
    // Dapr's sidecars publish to Kafka here, as most installations have it.
    const why = missing.kafka ?? (bus === 'dapr' ? missing.dapr : null);
    if (why !== null) process.stdout.write(`\nEnd-to-end tests with the bus ${bus} are left out: ${why}\n`);
    else {
      findChromium();
      for (const topology of topologies) {
        total = add(total, await runPass({ topology, bus, fuzzRequests: fuzzRequestsFew }));
      }
    }
  }
  return total;
}
