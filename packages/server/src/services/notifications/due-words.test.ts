import { expect, test } from 'vitest';
import { dueInWords } from './due-words.ts';

const now = '2026-11-30T22:30:00Z';
const berlin = { timezone: 'Europe/Berlin', locale: 'en-GB' };
const due = (due_at: string | null, due_on: string | null = null) => ({ due_at, due_on, remind_at: null, late: false });

test.each([
  ['2026-11-30T22:45:00Z', 'Due today at 23:45.'],
  ['2026-11-30T23:30:00Z', 'Due tomorrow at 00:30.'],
  ['2026-12-03T08:00:00Z', 'Due Thu 3 Dec at 09:00.'],
  ['2027-01-03T08:00:00Z', 'Due Sun, 3 Jan 2027 at 09:00.'],
  ['2026-11-29T22:00:00Z', 'Was due yesterday at 23:00.'],
])('the day is counted in the person’s zone: %s reads "%s"', (at, words) => {
  expect(dueInWords(due(at), berlin, now)).toBe(words);
});

test('an all-day task is due on its day, whatever the zone', () => {
  expect(dueInWords(due(null, '2026-11-30'), berlin, now)).toBe('Due today.');
  expect(dueInWords(due(null, '2026-11-28'), berlin, now)).toBe('Was due Sat 28 Nov.');
});

test('a reminder at the due time does not call the task overdue', () => {
  expect(dueInWords(due('2026-11-30T22:30:00Z'), berlin, '2026-11-30T22:30:01Z')).toBe('Due today at 23:30.');
});

test('what comes late says for when it was meant', () => {
  const late = { ...due('2026-11-30T22:00:00Z'), remind_at: '2026-11-30T21:00:00Z', late: true };
  expect(dueInWords(late, berlin, now)).toBe(
    'Was due today at 23:00. This reminder comes late: it was meant for today at 22:00.',
  );
});

test('people read their own language, and English where theirs has no words here', () => {
  const at = due('2026-12-01T08:00:00Z');
  expect(dueInWords(at, { ...berlin, locale: 'de-DE' }, now)).toBe('Fällig morgen um 09:00.');
  expect(dueInWords(at, { ...berlin, locale: 'fr' }, now)).toBe('Échéance : demain à 09:00.');
  expect(dueInWords(at, { ...berlin, locale: 'es' }, now)).toBe('Vence mañana a las 9:00.');
  expect(dueInWords(at, { ...berlin, locale: 'fi' }, now)).toBe('Due tomorrow at 9.00.');
});

test('without a due date there is nothing to say', () => {
  expect(dueInWords(due(null), berlin, now)).toBe('');
});
