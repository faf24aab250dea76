import { describe, expect, test } from 'vitest';
import { fired } from './firing.ts';
import type { RemindedPerson } from './moment.ts';
import { firstPlan, type PlannedReminder, removedPlan, replanned, revivedPlan } from './plan.ts';
import { planTask } from './plan-task.ts';
import { askedReminders, type HeldReminder } from './wanted.ts';

const person: RemindedPerson = {
  timezone: 'UTC',
  all_day_reminder_time: '09:00',
  quiet_hours: null,
  default_reminder_minutes: 30,
};
const due = (due_at: string | null) => ({ due_at, due_on: null });
const hour = { kind: 'offset', offset_minutes: 60, at: null } as const;
const morning = '2026-12-01T08:00:00Z';
const at10 = { task: due('2026-12-01T10:00:00Z'), person, changedAt: morning };
const planned = firstPlan(hour, at10);
const reminded = fired(planned, person, '2026-12-01T09:00:00.020Z');

describe('what is planned for a reminder', () => {
  test('it waits without a due date and is planned with one', () => {
    const waiting = firstPlan(hour, { ...at10, task: due(null) });
    expect(waiting).toMatchObject({ state: 'waiting', remind_at: null, fire_at: null });
    expect(replanned(waiting, at10)).toEqual(planned);
    expect(planned).toMatchObject({ state: 'planned', remind_at: '2026-12-01T09:00:00Z', round: 1 });
    expect(replanned(planned, { ...at10, task: due(null) })).toMatchObject({ state: 'waiting', fire_at: null });
  });

  test('one whose moment had passed when the change was made is suppressed, however late the planner is', () => {
    const late = { ...at10, changedAt: '2026-12-01T09:00:00.001Z' };
    expect(firstPlan(hour, late)).toMatchObject({ state: 'suppressed', reason: 'past', fire_at: null });
    expect(firstPlan(hour, { ...at10, changedAt: '2026-12-01T09:00:00Z' }).state).toBe('planned');
    expect(replanned(firstPlan(hour, late), at10).state).toBe('suppressed');
    expect(replanned(firstPlan(hour, late), { ...late, task: due('2026-12-02T10:00:00Z') }).state).toBe('planned');
  });

  test('one that is due and has not fired yet stays so, whatever else changes of the task', () => {
    expect(replanned(planned, { ...at10, changedAt: '2026-12-01T09:30:00Z' })).toBe(planned);
  });

  test('it moves with the due date, and is suppressed where that is moved to what has passed', () => {
    const moved = replanned(planned, { ...at10, task: due('2026-12-01T12:00:00Z') });
    expect(moved).toMatchObject({ state: 'planned', remind_at: '2026-12-01T11:00:00Z', round: 1 });
    expect(replanned(planned, { ...at10, task: due('2026-12-01T08:30:00Z') })).toMatchObject({
      state: 'suppressed',
      reason: 'past',
    });
  });

  test('after it has reminded, a due date that is moved to later reminds again, as the next round', () => {
    expect(replanned(reminded, at10)).toBe(reminded);
    const after = { ...at10, changedAt: '2026-12-01T09:30:00Z' };
    expect(replanned(reminded, { ...after, task: due('2026-12-01T09:45:00Z') })).toBe(reminded);
    expect(replanned(reminded, { ...after, task: due(null) })).toBe(reminded);
    const again = replanned(reminded, { ...after, task: due('2026-12-02T10:00:00Z') });
    expect(again).toMatchObject({ state: 'planned', round: 2, fired_at: null, late: false });
    expect(replanned(again, { ...after, task: due('2026-12-03T10:00:00Z') }).round).toBe(2);
  });

  test('closing cancels what has not reminded, and opening again restores what lies ahead', () => {
    const closed = { ...at10, task: null, closedBecause: 'closed' };
    const cancelled = replanned(planned, closed);
    expect(cancelled).toMatchObject({ state: 'cancelled', reason: 'closed', fire_at: null });
    expect(replanned(reminded, closed)).toBe(reminded);
    expect(replanned(cancelled, at10)).toEqual(planned);
    expect(replanned(cancelled, { ...at10, changedAt: '2026-12-01T09:30:00Z' })).toBe(cancelled);
  });

  test('another zone moves the reminders of days, but what has reminded does not remind again', () => {
    const day = { task: { due_at: null, due_on: '2026-12-01' }, person, changedAt: '2026-11-30T12:00:00Z' };
    const zero = { ...hour, offset_minutes: 0 };
    const abroad = { ...day, person: { ...person, timezone: 'America/New_York' } };
    expect(replanned(firstPlan(zero, day), abroad)).toMatchObject({ remind_at: '2026-12-01T14:00:00Z', round: 1 });
    const done = fired(firstPlan(zero, day), person, '2026-12-01T09:00:00Z');
    expect(replanned(done, abroad)).toBe(done);
    // Flying east, the moment has passed by now: it comes at once and is not lost.
    const east = { ...day, person: { ...person, timezone: 'Asia/Tokyo' }, changedAt: '2026-12-01T08:30:00Z' };
    expect(replanned(firstPlan(zero, day), east)).toMatchObject({
      state: 'planned',
      remind_at: '2026-12-01T00:00:00Z',
    });
  });

  test('what is taken back stays so, and asked for again it starts anew', () => {
    const removed = removedPlan(reminded);
    expect(replanned(removed, at10)).toBe(removed);
    expect(revivedPlan(removed, at10)).toMatchObject({ state: 'planned', round: 2 });
    expect(revivedPlan(removedPlan(planned), at10)).toEqual(planned);
  });
});

describe('quiet hours', () => {
  const quiet = { ...person, quiet_hours: { start: '22:00', end: '07:00' } };
  const night = { task: due('2026-12-01T23:30:00Z'), person: quiet, changedAt: morning };
  const held = firstPlan(hour, night);

  test('hold a reminder, which is not late when it comes at their end', () => {
    expect(held).toMatchObject({
      remind_at: '2026-12-01T22:30:00Z',
      fire_at: '2026-12-02T07:00:00Z',
      reason: 'quiet_hours',
    });
    expect(fired(held, quiet, '2026-12-02T07:00:00.500Z')).toMatchObject({ state: 'due', late: false, reason: null });
  });

  test('hold one that comes late too, and it stays late', () => {
    const evening = firstPlan(hour, { ...night, task: due('2026-12-01T21:00:00Z') });
    const late = fired(evening, quiet, '2026-12-01T23:00:00Z');
    expect(late).toMatchObject({ state: 'planned', fire_at: '2026-12-02T07:00:00Z', late: true });
    expect(replanned(late, { ...night, task: due('2026-12-01T21:00:00Z') })).toBe(late);
    expect(fired(late, quiet, '2026-12-02T07:00:00Z')).toMatchObject({ state: 'due', late: true });
  });

  test('that are lifted hold nothing any more', () => {
    expect(replanned(held, { ...night, person })).toMatchObject({ fire_at: '2026-12-01T22:30:00Z', reason: null });
  });

  test('do not hold what the person put off', () => {
    const snooze = { kind: 'snooze', offset_minutes: null, at: '2026-12-01T23:00:00Z' } as const;
    const plan = firstPlan(snooze, night);
    expect(plan.fire_at).toBe('2026-12-01T23:00:00Z');
    expect(fired(plan, quiet, '2026-12-01T23:00:00Z').state).toBe('due');
  });
});

test('a reminder is late from a minute on', () => {
  expect(fired(planned, person, '2026-12-01T09:01:00Z').late).toBe(false);
  expect(fired(planned, person, '2026-12-01T09:01:00.001Z').late).toBe(true);
});

describe('all reminders of a person on a task', () => {
  const none = { rows: [], previous: [], isDefaultFor: false, circumstances: at10 };
  const own = (each: PlannedReminder, origin: HeldReminder['origin'] = 'own'): HeldReminder => ({ ...each, origin });
  const offsetsOf = (held: readonly HeldReminder[]) => held.map((each) => each.offset_minutes);

  test('the default one is for whom it is meant, once, and where there is a due date', () => {
    const mine = { ...none, isDefaultFor: true };
    const [added] = planTask(mine).added;
    expect(added).toMatchObject({ offset_minutes: 30, origin: 'default', state: 'planned' });
    expect(planTask({ ...mine, rows: added ? [added] : [] })).toEqual({ changed: [], added: [] });
    expect(planTask(none).added).toEqual([]);
    expect(planTask({ ...mine, circumstances: { ...at10, task: due(null) } }).added).toEqual([]);
  });

  test('the default one is called off when the task becomes another’s, and comes back with it', () => {
    const rows = planTask({ ...none, isDefaultFor: true }).added;
    const [away] = planTask({ ...none, rows }).changed;
    expect(away?.after).toMatchObject({ state: 'cancelled', reason: 'reassigned' });
    const back = planTask({ ...none, rows: away ? [away.after] : [], isDefaultFor: true });
    expect(back.changed[0]?.after.state).toBe('planned');
  });

  test('an empty list means none, not even the default one', () => {
    const { added } = planTask({ ...none, asked: [], isDefaultFor: true });
    expect(added).toMatchObject([{ kind: 'none', state: 'removed' }]);
    expect(planTask({ ...none, rows: added, isDefaultFor: true })).toEqual({ changed: [], added: [] });
  });

  test('a list replaces what there was, keeps what is in both, and makes the default one the person’s own', () => {
    const rows = [own(planned), own(firstPlan({ ...hour, offset_minutes: 30 }, at10), 'default')];
    const asked = askedReminders({ reminders: [{ offset_minutes: 30 }, { offset_minutes: 5 }] });
    const { changed, added } = planTask({ ...none, rows, asked });
    expect(changed.map(({ after }) => [after.offset_minutes, after.state, after.origin])).toEqual([
      [60, 'removed', 'own'],
      [30, 'planned', 'own'],
    ]);
    expect(offsetsOf(added)).toEqual([5]);
  });

  test('the next instance of a series has the offsets of the one before it, and none where that had none', () => {
    const previous = [own(planned), own(removedPlan(firstPlan({ ...hour, offset_minutes: 5 }, at10)))];
    const { added } = planTask({ ...none, previous, isDefaultFor: true });
    expect(added).toMatchObject([{ offset_minutes: 60, origin: 'inherited', state: 'planned' }]);
    expect(planTask({ ...none, previous: previous.slice(1), isDefaultFor: true }).added).toMatchObject([
      { kind: 'none' },
    ]);
    expect(planTask({ ...none, previous: [own(planned, 'default')], isDefaultFor: true }).added).toMatchObject([
      { offset_minutes: 30, origin: 'default' },
    ]);
  });

  test('the short form is one reminder more, and twice the same is one', () => {
    expect(askedReminders({ reminders: [{ offset_minutes: 5 }], reminder_offset_minutes: 5 })).toHaveLength(1);
    expect(
      askedReminders({ reminders: [{ at: '2026-12-01T09:00:00+01:00' }, { at: '2026-12-01T08:00:00Z' }] }),
    ).toEqual([{ kind: 'at', offset_minutes: null, at: '2026-12-01T08:00:00Z' }]);
    expect(askedReminders({})).toBeUndefined();
  });
});
