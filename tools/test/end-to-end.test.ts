import { expect, test } from 'vitest';
import { filesOf, type Pass } from './end-to-end.ts';

const pass = (topology: Pass['topology'], bus: Pass['bus']) => filesOf({ topology, bus, fuzzRequests: 1 });

test('every file of end-to-end tests runs in one of the two passes of npm test', () => {
  const [whole, split] = [pass('all', 'postgres'), pass('split', 'postgres')];
  const everything = [...whole.wanted, ...whole.leftOut.flatMap(({ files }) => files)].sort();
  expect(everything.length).toBeGreaterThan(15);
  expect([...new Set([...whole.wanted, ...split.wanted])].sort()).toEqual(everything);
});

test('what a pass leaves out is there, and has a reason', () => {
  for (const { leftOut } of [pass('all', 'postgres'), pass('split', 'kafka')]) {
    for (const { files, why } of leftOut) expect([files.length > 0, why.length > 20]).toEqual([true, true]);
  }
});

test('with each bus, sync and the walk of a person in a browser run in both forms', () => {
  for (const bus of ['postgres', 'kafka', 'dapr'] as const) {
    for (const topology of ['all', 'split'] as const) {
      const both = ['e2e/sync.test.ts', 'e2e/browser-walk.test.ts'];
      expect(pass(topology, bus).wanted).toEqual(expect.arrayContaining(both));
    }
  }
});
