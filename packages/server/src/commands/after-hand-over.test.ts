import { expect, test } from 'vitest';
import { afterHandOver, type HandOverOutcome, retryLimits } from './after-hand-over.ts';

const now = '2026-12-01T08:00:00Z';
const expires_at = '2026-12-02T08:00:00Z';
const next = (attempts: number, outcome: HandOverOutcome, random = 0.5, expires = expires_at) =>
  afterHandOver({ attempts, expires_at: expires }, outcome, now, retryLimits.webhook, () => random);
const retry = (retryAfterMs: number | null = null): HandOverOutcome => ({ kind: 'retry', reason: '503', retryAfterMs });

test('what was accepted is sent, under the name that the provider gave it', () => {
  expect(next(2, { kind: 'sent', providerId: 'P1' })).toEqual({
    ...{ state: 'sent', reason: null, attempts: 2, next_attempt_at: null, provider_id: 'P1', sent_at: now },
  });
});

test('pauses are drawn from a range that doubles', () => {
  expect(next(1, retry(), 0.5).next_attempt_at).toBe('2026-12-01T08:00:02.500Z');
  expect(next(3, retry(), 0.5).next_attempt_at).toBe('2026-12-01T08:00:10Z');
  expect(next(3, retry(), 0).next_attempt_at).toBe(now);
});

test('what the receiver asks for is waited at least, and believed only so far', () => {
  expect(next(1, retry(3_600_000), 0).next_attempt_at).toBe('2026-12-01T09:00:00Z');
  expect(next(1, retry(10 ** 12), 0).next_attempt_at).toBe('2026-12-01T20:00:00Z');
});

test('it ends: refused, tried often enough, or not before its time is over', () => {
  expect(next(1, { kind: 'refused', reason: '422' })).toMatchObject({ state: 'dead', reason: '422' });
  expect(next(retryLimits.webhook.attemptsMax, retry()).state).toBe('dead');
  expect(next(retryLimits.webhook.attemptsMax - 1, retry(), 0).state).toBe('failed');
  expect(next(1, retry(60_000), 0, '2026-12-01T08:00:30Z').state).toBe('dead');
  expect(next(3, { kind: 'expired', reason: 'late' })).toMatchObject({ state: 'dead', attempts: 3 });
});

test('what was not handed over is no attempt, what met nobody is one', () => {
  expect(next(1, { kind: 'suppressed', reason: 'task_closed' })).toMatchObject({ state: 'suppressed', attempts: 0 });
  expect(next(1, { kind: 'gone', reason: '410' })).toMatchObject({ state: 'suppressed', attempts: 1 });
});
