import { expect, test } from 'vitest';
import { reminderByItself } from './wanted.ts';

const person = {
  timezone: 'Europe/Berlin',
  all_day_reminder_time: '08:00',
  quiet_hours: null,
  default_reminder_minutes: 1455,
};
const none = { previous: [], isDefaultFor: true };
const offsets = (task: { due_at: string | null; due_on: string | null }) =>
  reminderByItself(task, person, none).map(({ asked }) => asked.offset_minutes);

test('the default one comes minutes before a time, and of a day at the hour for days', () => {
  expect(offsets({ due_at: '2026-12-01T08:00:00Z', due_on: null })).toEqual([1455]);
  expect(offsets({ due_at: null, due_on: '2026-12-01' })).toEqual([1440]);
  expect(offsets({ due_at: null, due_on: null })).toEqual([]);
});
