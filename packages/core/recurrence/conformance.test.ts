import { describe, expect, it } from 'vitest';
import { isBroken, runSuites, type Suite } from '../test/conformance.ts';

describe.each(runSuites())('the examples of $name', (suite) => {
  it('are answered as they should be', () => {
    expect(suite.verdicts.length).toBeGreaterThan(10);
    const wrong = suite.verdicts.filter(({ fault }) => fault !== null).map(({ id, fault }) => `${id}: ${fault}`);
    expect(isBroken(suite) ? wrong : []).toEqual([]);
  });
});

it('too many faults, or one in a strict class, break a suite', () => {
  const right = Array.from({ length: 99 }, (_, index) => ({ id: `${index}`, class: 'date', fault: null }));
  const withFault = (name: string, share: number): Suite => ({
    name: 'suite',
    verdicts: [...right, { id: '100', class: name, fault: 'a fault' }],
    share,
    strict: ['negative'],
  });
  expect(isBroken(withFault('date', 0.98))).toBe(false);
  expect(isBroken(withFault('date', 1))).toBe(true);
  expect(isBroken(withFault('negative', 0.98))).toBe(true);
});
