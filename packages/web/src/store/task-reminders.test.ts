import { expect, test } from 'vitest';
import { noEntities, type Reminder, type Task } from './entities.ts';
import { inverseOf } from './inverse.ts';
import { applyOperation } from './operations.ts';
import { confirmReminders, emptyReplica, enqueue } from './replica.ts';
import { inputOf, remindAt, remindersOf } from './task-reminders.ts';

const place = { zone: 'Europe/Berlin', allDayTime: '08:30' };
const acting = {
  userId: 'ada',
  zone: 'Europe/Berlin',
  at: '2026-11-21T08:00:00Z',
  spaceId: 'mine',
  allDayTime: '08:30',
};
const task = { id: 't', space_id: 'crew', due_at: '2026-12-01T08:00:00Z', due_on: null, tag_ids: [], version: 1 };
const reminder = (id: string, offset_minutes: number): Reminder =>
  ({
    id,
    task_id: 't',
    space_id: 'mine',
    version: 3,
    kind: 'offset',
    offset_minutes,
    at: null,
    state: 'planned',
  }) as Reminder;
const entities = {
  ...noEntities,
  tasks: { t: task as unknown as Task },
  reminders: { a: reminder('a', 15), b: reminder('b', 60) },
};

test('an offset counts from the due time, and of an all-day task from the hour of the profile, also across a change of the clock', () => {
  expect(remindAt({ offset_minutes: 60 }, task, place)).toBe('2026-12-01T07:00:00Z');
  expect(remindAt({ offset_minutes: 0 }, { due_at: null, due_on: '2026-07-01' }, place)).toBe('2026-07-01T06:30:00Z');
  expect(remindAt({ offset_minutes: 1440 }, { due_at: null, due_on: '2026-12-01' }, place)).toBe(
    '2026-11-30T07:30:00Z',
  );
});

test('without a due date an offset waits, and a moment does not', () => {
  const none = { due_at: null, due_on: null };
  expect(remindAt({ offset_minutes: 15 }, none, place)).toBeNull();
  expect(remindAt({ at: '2026-12-24T17:00:00Z' }, none, place)).toBe('2026-12-24T17:00:00Z');
});

test('reminders that are named anew keep those that stay, lose the others, and gain the new ones at once', () => {
  const body = { reminders: [{ offset_minutes: 60 }, { offset_minutes: 0 }] };
  const after = applyOperation(entities, { op: 'task.update', id: 't', body }, acting);
  const now = remindersOf(after.reminders, 't');
  expect(now.map((one) => [one.offset_minutes, one.version])).toEqual(
    expect.arrayContaining([
      [60, 3],
      [0, 0],
    ]),
  );
  expect(now).toHaveLength(2);
  expect(now.find((one) => one.offset_minutes === 0)).toMatchObject({
    remind_at: '2026-12-01T08:00:00Z',
    space_id: 'mine',
  });
  // They are no field of the task, which other people see.
  expect(after.tasks.t).not.toHaveProperty('reminders');
});

test('a change of reminders is undone by naming the old ones', () => {
  const operation = { op: 'reminders.set' as const, id: 't', reminders: [] };
  const [back] = inverseOf(entities, operation);
  if (back?.op !== 'reminders.set') throw new Error('no inverse');
  const after = applyOperation(entities, operation, acting);
  expect(remindersOf(after.reminders, 't')).toEqual([]);
  const again = applyOperation(after, back, acting);
  expect(remindersOf(again.reminders, 't').map(inputOf)).toEqual(
    expect.arrayContaining([{ offset_minutes: 15 }, { offset_minutes: 60 }]),
  );
});

test('what the server answers takes the place of what was drawn, and a snooze stays', () => {
  const snooze = { ...reminder('s', 0), kind: 'snooze' } as Reminder;
  const known = { ...emptyReplica, base: { ...entities, reminders: { ...entities.reminders, s: snooze } } };
  const operation = { op: 'reminders.set' as const, id: 't', reminders: [{ offset_minutes: 0 }] };
  const drawn = enqueue({ ...known, shown: known.base }, { id: 'm', operations: [operation], acting });
  expect(remindersOf(drawn.shown.reminders, 't').map((one) => one.version)).toEqual([0]);
  const agreed = confirmReminders(drawn, 'm', 't', [{ ...reminder('new', 0), version: 9 }]);
  expect(Object.keys(agreed.shown.reminders).sort()).toEqual(['new', 's']);
});
