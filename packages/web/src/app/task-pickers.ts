/** Opens the choices for one or several tasks: what the keys, the rows' menus, the bulk bar and the detail share. */
import { dueFields, dueValueOf } from '../store/due-value.ts';
import type { Task } from '../store/entities.ts';
import { inputOf, remindersOf } from '../store/task-reminders.ts';
import { words } from '../text/words.ts';
import { dateIn } from '../text/zone-time.ts';
import type { Daymark } from './daymark-context.ts';
import { changeInScope } from './edit-scope.ts';

type Parts = Pick<Daymark, 'store' | 'ui' | 'actions'>;

const tasksOf = (parts: Parts, ids: readonly string[]): Task[] =>
  ids.flatMap((id) => parts.store.getState().replica.shown.tasks[id] ?? []);

/** The value that all share, or the fallback. */
const common = <Value>(values: readonly Value[], fallback: Value): Value =>
  values.every((value) => value === values[0]) ? (values[0] ?? fallback) : fallback;

export function pickDue(parts: Parts, ids: readonly string[], anchor: Element): void {
  const [first] = tasksOf(parts, ids);
  if (!first) return;
  const pick = (value: ReturnType<typeof dueValueOf>): void => changeInScope(parts, ids, dueFields(value));
  const zone = parts.store.getState().me?.timezone ?? first.timezone;
  const value = ids.length === 1 ? dueValueOf(first) : { date: null, time: null, zone };
  parts.ui.openPicker({ kind: 'due', title: words.task.due, withTime: true, value, pick }, anchor);
}

export function pickPriority(parts: Parts, ids: readonly string[], anchor: Element): void {
  const value = common(
    tasksOf(parts, ids).map((task) => task.priority),
    null,
  );
  parts.ui.openPicker({ kind: 'priority', value, pick: (priority) => changeInScope(parts, ids, { priority }) }, anchor);
}

export function pickStatus(parts: Parts, ids: readonly string[], anchor: Element): void {
  const value = common(
    tasksOf(parts, ids).map((task) => task.status),
    'todo',
  );
  parts.ui.openPicker({ kind: 'status', value, pick: (status) => parts.actions.setStatus(ids, status) }, anchor);
}

export function pickTags(parts: Parts, ids: readonly string[], anchor: Element): void {
  const tasks = tasksOf(parts, ids);
  const [first] = tasks;
  if (!first) return;
  const all = [...new Set(tasks.flatMap((task) => task.tag_names))];
  const value = all.filter((name) => tasks.every((task) => task.tag_names.includes(name)));
  const mixed = all.filter((name) => !value.includes(name));
  parts.ui.openPicker(
    {
      kind: 'tags',
      spaceId: first.space_id,
      value,
      mixed,
      toggle: (name, on) => parts.actions.tagTasks(ids, name, on),
    },
    anchor,
  );
}

export function pickList(parts: Parts, ids: readonly string[], anchor: Element): void {
  const tasks = tasksOf(parts, ids);
  const [first] = tasks;
  if (!first) return;
  const value = common(
    tasks.map((task) => task.list_id),
    '',
  );
  parts.ui.openPicker(
    { kind: 'list', spaceId: first.space_id, value, pick: (listId) => parts.actions.moveTasks(ids, listId) },
    anchor,
  );
}

export function pickAssignee(parts: Parts, ids: readonly string[], anchor: Element): void {
  const tasks = tasksOf(parts, ids);
  const [first] = tasks;
  if (!first || parts.store.getState().replica.shown.spaces[first.space_id]?.kind !== 'shared') return;
  const value = common(
    tasks.map((task) => task.assignee_id),
    null,
  );
  const pick = (assignee_id: string | null): void => changeInScope(parts, ids, { assignee_id });
  parts.ui.openPicker({ kind: 'assignee', spaceId: first.space_id, value, pick }, anchor);
}

/** How the first of the tasks repeats: a rule is of one task. */
export function pickRecurrence(parts: Parts, ids: readonly string[], anchor: Element): void {
  const [task] = tasksOf(parts, ids);
  if (!task) return;
  const { me, nowMs } = parts.store.getState();
  const zone = me?.timezone ?? task.timezone;
  const start = task.due_local ?? task.due_on ?? dateIn(zone, nowMs);
  const undated = task.due_at === null && task.due_on === null;
  parts.ui.openPicker(
    {
      kind: 'recurrence',
      value: task.recurrence,
      start,
      zone: task.timezone,
      pick: (choice) => {
        if (!choice) return parts.actions.stopRepeating(task.id);
        // What repeats has a date: the first one of its rule.
        const due = undated ? { due_on: choice.first.slice(0, 10) } : {};
        const say = words.toast.repeats(choice.shown.text);
        parts.actions.changeTasks([task.id], { recurrence: choice.input, ...due }, { say, recurrence: choice.shown });
      },
      ...(task.recurrence
        ? { skip: () => parts.actions.skipTask(task.id), stop: () => parts.actions.stopRepeating(task.id) }
        : {}),
    },
    anchor,
  );
}

/** The person's own reminders: of one task what it has, of several what they will all have. */
export function pickReminders(parts: Parts, ids: readonly string[], anchor: Element): void {
  const [task] = tasksOf(parts, ids);
  if (!task) return;
  const { reminders } = parts.store.getState().replica.shown;
  const value = ids.length === 1 ? remindersOf(reminders, task.id).map(inputOf) : [];
  const pick = (wanted: typeof value): void => parts.actions.setReminders(ids, wanted);
  parts.ui.openPicker({ kind: 'reminders', due: { due_at: task.due_at, due_on: task.due_on }, value, pick }, anchor);
}
