import { expect, test } from 'vitest';
import { neededBy } from './engine-tests.ts';

test('what a test needs is told by the starts of the kit that it names', () => {
  expect(neededBy("import { startKafka, startSidecar } from './kit.ts';")).toEqual(['kafka', 'dapr']);
  expect(neededBy('await startSidecarBeside({ brokers })')).toEqual(['dapr']);
  expect(neededBy('await startRedis({ folder })')).toEqual(['redis']);
  expect(neededBy('nothing of it restartKafka')).toEqual([]);
});
