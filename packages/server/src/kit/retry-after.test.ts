import { expect, test } from 'vitest';
import { retryAfter_ms } from './retry-after.ts';

const now_ms = Date.parse('2026-11-06T08:49:37Z');

test('seconds and HTTP dates are understood', () => {
  expect(retryAfter_ms('120', now_ms)).toBe(120_000);
  expect(retryAfter_ms('Fri, 06 Nov 2026 08:50:37 GMT', now_ms)).toBe(60_000);
});

test('a date that is past asks for nothing more', () => {
  expect(retryAfter_ms('Fri, 06 Nov 2026 08:00:00 GMT', now_ms)).toBe(0);
});

test('what cannot be read is no wish', () => {
  for (const header of [undefined, '', '-5', '1.5', 'soon', 'Fri, nonsense', '99999999999']) {
    expect([header, retryAfter_ms(header, now_ms)]).toEqual([header, null]);
  }
});
