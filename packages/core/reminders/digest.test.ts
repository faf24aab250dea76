import { expect, test } from 'vitest';
import { digestOf, digestTasksMax, nextDigestAt } from './digest.ts';

const person = { timezone: 'Europe/Berlin', locale: 'en-GB' };
const now = '2026-12-01T06:00:00Z';

test('the next digest is the next time the clock shows its hour, over clock changes too', () => {
  expect(nextDigestAt('2026-03-28T06:00:00Z', '07:00', 'Europe/Berlin')).toBe('2026-03-29T05:00:00Z');
  expect(nextDigestAt('2026-03-28T05:59:59Z', '07:00', 'Europe/Berlin')).toBe('2026-03-28T06:00:00Z');
  expect(nextDigestAt('2026-03-28T12:00:00Z', '02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00Z');
  expect(nextDigestAt('2026-10-25T00:30:00Z', '02:30', 'Europe/Berlin')).toBe('2026-10-26T01:30:00Z');
});

test('a digest says what is overdue, due today and due tomorrow, by the days of the person', () => {
  const digest = digestOf(
    [
      { title: 'Pay rent', due_at: null, due_on: '2026-11-30' },
      { title: 'Call home', due_at: '2026-12-01T05:00:00Z', due_on: null },
      { title: 'Stand-up', due_at: '2026-12-01T09:30:00Z', due_on: null },
      { title: 'Water plants', due_at: null, due_on: '2026-12-01' },
      { title: 'Train', due_at: '2026-12-01T23:30:00Z', due_on: null },
      { title: 'Later', due_at: null, due_on: '2026-12-03' },
    ],
    person,
    now,
  );
  expect(digest).toEqual({
    title: 'Your tasks: 2 overdue, 2 today, 1 tomorrow',
    body: [
      'Overdue\n- Pay rent (30 Nov)\n- Call home (1 Dec)',
      'Today\n- 10:30 Stand-up\n- Water plants',
      'Tomorrow\n- 00:30 Train',
    ].join('\n\n'),
  });
});

test('where there is nothing to tell there is no digest, and a long list is cut', () => {
  expect(digestOf([{ title: 'Later', due_at: null, due_on: '2026-12-03' }], person, now)).toBeNull();
  const many = Array.from({ length: digestTasksMax + 3 }, () => ({ title: 'One', due_at: null, due_on: '2026-12-01' }));
  expect(digestOf(many, person, now)?.body.split('\n').at(-1)).toBe('and 3 more');
});
