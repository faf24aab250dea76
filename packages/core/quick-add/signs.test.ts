/** Signs: what they mean in each mode, and what is no sign. */
import { expect, test } from 'vitest';
import { parseQuickAdd } from './parse.ts';

const setting = { now: '2026-03-11T10:15', timezone: 'Europe/Berlin' };
const signsOf = (line: string, mode: 'todoist' | 'vikunja' = 'todoist') => {
  const { title, list_name, tag_names, assignee_name, priority, reminders } = parseQuickAdd(line, { ...setting, mode });
  return { title, list_name, tag_names, assignee_name, priority, reminders };
};
const none = { list_name: null, tag_names: [], assignee_name: null, priority: null, reminders: [] };

test('all signs of the default mode, anywhere in the text', () => {
  expect(signsOf('#Home Pay @bank rent +ann p1 ^1h ^2d @urgent')).toEqual({
    title: 'Pay rent',
    list_name: 'Home',
    tag_names: ['bank', 'urgent'],
    assignee_name: 'ann',
    priority: 'high',
    reminders: [{ offset_minutes: 60 }, { offset_minutes: 2880 }],
  });
});

test('in the other mode + is the list, @ the person and # a word', () => {
  expect(signsOf('Pay #rent +Home *bank @ann !1', 'vikunja')).toEqual({
    ...none,
    title: 'Pay #rent',
    list_name: 'Home',
    tag_names: ['bank'],
    assignee_name: 'ann',
    priority: 'low',
  });
});

test('names of several words stand in quotation marks', () => {
  expect(signsOf(`Pay #"my home" @'two words'`)).toEqual({
    ...none,
    title: 'Pay',
    list_name: 'my home',
    tag_names: ['two words'],
  });
});

test.each([
  ['p1', 'high'],
  ['p2', 'medium'],
  ['p3', 'low'],
  ['p4', null],
  ['!high', 'high'],
  ['!medium', 'medium'],
  ['!low', 'low'],
  ['!1', 'low'],
  ['!2', 'medium'],
  ['!5', 'high'],
])('%s is a priority', (sign, priority) => {
  expect(signsOf(`Pay ${sign}`)).toEqual({ ...none, title: 'Pay', priority });
});

test('what is said a second time stays in the title', () => {
  expect(signsOf('Pay #one #two +ann +bob p1 p2')).toMatchObject({
    title: 'Pay #two +bob p2',
    list_name: 'one',
    priority: 'high',
  });
});

test('tags that differ in capitals alone are one', () => {
  expect(signsOf('Pay @Home @home').tag_names).toEqual(['Home']);
});

test('a reminder at a time is on the day that the task is due', () => {
  expect(signsOf('Pay friday ^9am').reminders).toEqual([{ at: '2026-03-13T08:00:00Z' }]);
  expect(signsOf('Pay ^9am').reminders).toEqual([{ at: '2026-03-12T08:00:00Z' }]);
});

test.each(['Fix #123', 'Vote +1', 'a@b.example', 'C#', 'Task#urgent', 'x !9', '*bold*', '^', '^x', '@', '(#home)'])(
  'no sign: %s',
  (title) => {
    expect(signsOf(title)).toEqual({ ...none, title });
  },
);

test('a backslash keeps the next word, quotation marks keep what they hold', () => {
  expect(signsOf('Read \\#tag \\tomorrow')).toEqual({ ...none, title: 'Read #tag tomorrow' });
  expect(parseQuickAdd('Read "Every Day #1" tomorrow', setting)).toMatchObject({
    title: 'Read "Every Day #1"',
    due_on: '2026-03-12',
  });
  expect(parseQuickAdd('"Pay rent tomorrow #home"', setting)).toMatchObject({
    title: 'Pay rent tomorrow #home',
    due_on: null,
  });
});

test('the spans name what was understood, and the reading says it in words', () => {
  const read = parseQuickAdd('Pay rent every 1st at 9am p1 @home', setting);
  expect(read.spans).toEqual([
    { start: 9, end: 18, kind: 'recurrence' },
    { start: 19, end: 25, kind: 'time' },
    { start: 26, end: 28, kind: 'priority' },
    { start: 29, end: 34, kind: 'tag' },
  ]);
  expect(read.text).toBe('Wed, Apr 1, 2026, 09:00 · every month on the 1st at 09:00 · !high · @home');
});

test('where only signs and dates stand, all of it is the title', () => {
  expect(signsOf('tomorrow #work')).toEqual({ ...none, title: 'tomorrow #work' });
  expect(parseQuickAdd('#work @home p1', setting)).toMatchObject({ title: '#work @home p1', spans: [] });
});
