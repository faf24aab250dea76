import { expect, test } from 'vitest';
import { type CircuitBreaker, circuitBreaker } from './circuit-breaker.ts';

const limits = { failuresMax: 3, open_ms: 1000, openMax_ms: 3000, probe_ms: 500, keysMax: 10 };

function call(breaker: CircuitBreaker, key: string, now_ms: number, succeeded: boolean): void {
  const admission = breaker.admit(key, now_ms);
  if (!admission.admitted) throw new Error('held back');
  admission.report(succeeded, now_ms);
}

function opened(): CircuitBreaker {
  const breaker = circuitBreaker(limits);
  for (let n = 0; n < 3; n++) call(breaker, 'a', 0, false);
  return breaker;
}

test('three failures in a row open it, and only for that key', () => {
  const breaker = circuitBreaker(limits);
  call(breaker, 'a', 0, false);
  call(breaker, 'a', 0, false);
  expect(breaker.state('a', 0)).toBe('closed');
  call(breaker, 'a', 0, false);
  expect(breaker.admit('a', 400)).toEqual({ admitted: false, retryIn_ms: 600 });
  expect(breaker.admit('b', 400).admitted).toBe(true);
});

test('a success in between starts the count anew', () => {
  const breaker = circuitBreaker(limits);
  for (const succeeded of [false, false, true, false, false]) call(breaker, 'a', 0, succeeded);
  expect(breaker.state('a', 0)).toBe('closed');
});

test('after the pause one probe passes and the others wait for its word', () => {
  const breaker = opened();
  const probe = breaker.admit('a', 1000);
  expect(probe.admitted).toBe(true);
  expect(breaker.state('a', 1000)).toBe('half_open');
  expect(breaker.admit('a', 1001)).toEqual({ admitted: false, retryIn_ms: 499 });
  if (probe.admitted) probe.report(true, 1100);
  expect(breaker.state('a', 1100)).toBe('closed');
});

test('a probe that fails opens it for twice as long, up to the limit', () => {
  const breaker = opened();
  call(breaker, 'a', 1000, false);
  expect(breaker.admit('a', 1000)).toEqual({ admitted: false, retryIn_ms: 2000 });
  call(breaker, 'a', 3000, false);
  expect(breaker.admit('a', 3000)).toEqual({ admitted: false, retryIn_ms: 3000 });
});

test('a probe that never reports is given up, and its late word is not heard', () => {
  const breaker = opened();
  const lost = breaker.admit('a', 1000);
  const second = breaker.admit('a', 1500);
  expect(second.admitted).toBe(true);
  if (lost.admitted) lost.report(false, 1600);
  expect(breaker.state('a', 1600)).toBe('half_open');
  if (second.admitted) second.report(true, 1700);
  expect(breaker.state('a', 1700)).toBe('closed');
});

test('what was let through before it opened neither closes it nor makes the pause longer', () => {
  const breaker = circuitBreaker(limits);
  const slow = breaker.admit('a', 0);
  for (let n = 0; n < 3; n++) call(breaker, 'a', 0, false);
  if (slow.admitted) slow.report(true, 10);
  expect(breaker.admit('a', 10)).toEqual({ admitted: false, retryIn_ms: 990 });
  if (slow.admitted) slow.report(false, 20);
  expect(breaker.admit('a', 20)).toEqual({ admitted: false, retryIn_ms: 980 });
});

test('many keys are forgotten oldest first, so that strangers cannot fill the memory', () => {
  const breaker = opened();
  for (let n = 0; n < limits.keysMax; n++) call(breaker, `other ${n}`, 0, false);
  expect(breaker.state('a', 0)).toBe('closed');
});
