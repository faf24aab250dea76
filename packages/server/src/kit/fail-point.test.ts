import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { failPointsAt, noFailPoints, parseFailPoint } from './fail-point.ts';

test('a fail point is a name, with the passing at which it strikes', () => {
  expect(parseFailPoint('delivery.before-record')).toEqual({ name: 'delivery.before-record', passing: 1 });
  expect(parseFailPoint('claim@12')).toEqual({ name: 'claim', passing: 12 });
  for (const text of ['', '@2', 'claim@', 'claim@0', 'claim@-1', 'two words', 'claim@1@2']) {
    expect(parseFailPoint(text)).toBeNull();
  }
});

test('it strikes at that passing alone, and only under its name', () => {
  let deaths = 0;
  const points = failPointsAt({ name: 'claim', passing: 3 }, () => deaths++);
  const seen = ['claim', 'other', 'claim', 'claim', 'claim'].map((name) => {
    points.at(name);
    return deaths;
  });
  expect(seen).toEqual([0, 0, 0, 1, 1]);
});

test('the process is gone at once, by a signal that nothing can catch', () => {
  const url = new URL('./fail-point.ts', import.meta.url).href;
  const program = `
    import { failPointsAt } from '${url}';
    process.on('exit', () => console.log('said goodbye'));
    const points = failPointsAt({ name: 'here', passing: 2 });
    points.at('here');
    console.log('first');
    points.at('here');
    console.log('second');`;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  expect({ signal, stdout }).toEqual({ signal: 'SIGKILL', stdout: 'first\n' });
});

test('without a fail point nothing happens', () => {
  expect(noFailPoints.at('here')).toBeUndefined();
});
