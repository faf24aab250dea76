/**
 * `npm run conformance [-- --fuzz N]`: runs all examples with known answers and prints a score for each class; with `--fuzz` also N
 * random rules against the naive engine and N hostile ones against themselves. Ends with 1 when a suite has too much wrong.
 */
import { isBroken, runSuites } from '../packages/core/test/conformance.ts';
import { fuzz } from './conformance/fuzz.ts';
import { printSuite } from './conformance/score.ts';

function fuzzRuns(given: readonly string[]): number {
  if (given.length === 0) return 0;
  const runs = Number(given[1]);
  if (given.length === 2 && given[0] === '--fuzz' && Number.isInteger(runs) && runs >= 1) return runs;
  console.error('Usage: npm run conformance [-- --fuzz N]');
  process.exit(1);
}

const runs = fuzzRuns(process.argv.slice(2));
const suites = runSuites();
for (const suite of suites) printSuite(suite);
const faults = runs === 0 ? [] : fuzz(runs);
for (const fault of faults.slice(0, 20)) console.log(`  ${fault}`);
const broken = suites.filter(isBroken).map(({ name }) => name);
if (faults.length > 0) broken.push('fuzz');
console.log(broken.length === 0 ? 'conformance: all as it should be' : `conformance: broken in ${broken.join(', ')}`);
process.exitCode = broken.length === 0 ? 0 : 1;
