import { describe, expect, test } from 'vitest';
import { momentOf, type RemindedPerson } from './moment.ts';
import { heldUntil, quietAt } from './quiet-hours.ts';

const berlin: RemindedPerson = {
  timezone: 'Europe/Berlin',
  all_day_reminder_time: '09:00',
  quiet_hours: null,
  default_reminder_minutes: null,
};
const offset = (offset_minutes: number) => ({ kind: 'offset', offset_minutes, at: null }) as const;
const onDay = (due_on: string) => ({ due_at: null, due_on });

describe('when a reminder is to remind', () => {
  test('before a due time, the minutes are exact, also over a clock change', () => {
    const task = { due_at: '2026-03-29T07:00:00Z', due_on: null };
    expect(momentOf(offset(1440), task, berlin)).toBe('2026-03-28T07:00:00Z');
    expect(momentOf(offset(0), task, berlin)).toBe('2026-03-29T07:00:00Z');
  });

  test('of an all-day task it is the person’s hour, and days are counted by the calendar', () => {
    expect(momentOf(offset(0), onDay('2026-03-29'), berlin)).toBe('2026-03-29T07:00:00Z');
    // The day before the clock change: the same hour on the wall, another one in UTC.
    expect(momentOf(offset(1440), onDay('2026-03-29'), berlin)).toBe('2026-03-28T08:00:00Z');
    expect(momentOf(offset(1440 + 90), onDay('2026-03-29'), berlin)).toBe('2026-03-28T06:30:00Z');
  });

  test('an hour that the clock skips comes as much later, one that comes twice is the first', () => {
    expect(momentOf(offset(0), onDay('2026-03-29'), { ...berlin, all_day_reminder_time: '02:30' })).toBe(
      '2026-03-29T01:30:00Z',
    );
    expect(momentOf(offset(0), onDay('2026-10-25'), { ...berlin, all_day_reminder_time: '02:30' })).toBe(
      '2026-10-25T00:30:00Z',
    );
  });

  test('a moment of its own is that moment, and without a due date there is none to count from', () => {
    const at = '2026-12-01T08:00:00Z';
    expect(momentOf({ kind: 'at', offset_minutes: null, at }, { due_at: null, due_on: null }, berlin)).toBe(at);
    expect(momentOf(offset(10), { due_at: null, due_on: null }, berlin)).toBeNull();
  });
});

describe('quiet hours', () => {
  const night = { ...berlin, quiet_hours: { start: '22:00', end: '07:00' } };
  const noon = { ...berlin, quiet_hours: { start: '12:00', end: '14:00' } };

  test.each([
    ['before them', night, '2026-12-01T20:59:59.999Z', '2026-12-01T20:59:59.999Z'],
    ['when they begin', night, '2026-12-01T21:00:00Z', '2026-12-02T06:00:00Z'],
    ['after midnight', night, '2026-12-02T01:00:00Z', '2026-12-02T06:00:00Z'],
    ['when they end', night, '2026-12-02T06:00:00Z', '2026-12-02T06:00:00Z'],
    ['by day', noon, '2026-12-01T12:30:00Z', '2026-12-01T13:00:00Z'],
    ['in the night of the clock change', night, '2026-03-28T23:00:00Z', '2026-03-29T05:00:00Z'],
  ])('%s', (_where, person, instant, until) => {
    expect(heldUntil(instant, person)).toBe(until);
  });

  test('an end that comes twice has not passed until it came', () => {
    const person = { ...berlin, quiet_hours: { start: '01:00', end: '02:30' } };
    // 02:10 for the second time: the first 02:30 was 40 minutes ago.
    expect(heldUntil('2026-10-25T01:10:00Z', person)).toBe('2026-10-25T01:30:00Z');
  });

  test('where start and end are the same there are none', () => {
    expect(quietAt('2026-12-01T12:00:00Z', { ...berlin, quiet_hours: { start: '00:00', end: '00:00' } })).toBeNull();
  });
});
