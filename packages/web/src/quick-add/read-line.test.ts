import { expect, test } from 'vitest';
import { readLine } from './read-line.ts';

const options = {
  now: '2026-11-21T09:24:00',
  timezone: 'Europe/Berlin',
  locale: 'en-GB',
  mode: 'todoist' as const,
  literals: [],
  lists: [
    { id: 'inbox', name: 'Inbox' },
    { id: 'boat', name: 'Boat' },
  ],
  members: [{ id: 'ines', name: 'Ines Maurer' }],
};

test('a line becomes the fields of a task: list and person by their names, the rule with its words', () => {
  const reading = readLine('Pay the berth every month on the 1st 9am #boat @money +ines p2', options);
  expect(reading).toMatchObject({
    title: 'Pay the berth',
    due: { date: '2026-12-01', time: '09:00' },
    priority: 'medium',
    tags: ['money'],
    listId: 'boat',
    assigneeId: 'ines',
  });
  expect(reading.recurrence).toMatchObject({ rrule: 'FREQ=MONTHLY;BYMONTHDAY=1', pattern_type: 'monthly' });
  expect(reading.next).toHaveLength(5);
});

test('a list or a person that is not there stays in the title, and what is beside it is understood', () => {
  const reading = readLine('Call +jonas about #regatta tomorrow', options);
  expect(reading).toMatchObject({ title: 'Call +jonas about #regatta', listId: null, assigneeId: null });
  expect(reading.spans.map((span) => 'Call +jonas about #regatta tomorrow'.slice(span.start, span.end))).toEqual([
    'tomorrow',
  ]);
});

test('what is taken literally is not understood, and leaves no backslash behind', () => {
  const line = 'Watch Friday tomorrow';
  const reading = readLine(line, { ...options, literals: [{ start: 6, end: 12 }] });
  expect(reading).toMatchObject({ title: 'Watch Friday', due: { date: '2026-11-22', time: null } });
  expect(reading.spans.map((span) => line.slice(span.start, span.end))).toEqual(['tomorrow']);
});

test('the signs of Vikunja are taken where they are chosen', () => {
  const reading = readLine('Oil the winches +boat *care', { ...options, mode: 'vikunja' });
  expect(reading).toMatchObject({ title: 'Oil the winches', listId: 'boat', tags: ['care'] });
});
