import type { Suite, Verdict } from '../../packages/core/test/conformance.ts';

const classWidth = 28;

/** The score of a suite, of each of its classes, and what is wrong. */
export function printSuite({ name, verdicts }: Suite): void {
  console.log(`${name}: ${score(verdicts)}`);
  for (const [each, some] of Map.groupBy(verdicts, (verdict) => verdict.class)) {
    console.log(`  ${each.padEnd(classWidth)} ${score(some)}`);
    for (const { id, fault } of some) if (fault !== null) console.log(`    ${id}: ${fault}`);
  }
  console.log('');
}

function score(verdicts: readonly Verdict[]): string {
  const right = verdicts.filter(({ fault }) => fault === null).length;
  return `${right}/${verdicts.length} (${((100 * right) / verdicts.length).toFixed(1)} %)`;
}
