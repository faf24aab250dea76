/**
 * The caller's own reminders on the tasks of a sheet. Where the command holds the caller's personal space they are planned in it, so
 * that the answer shows them as they will be; elsewhere, and for everybody else, the module `reminders` plans from the event.
 */
import type { Reminder } from '@daymark/core/contract/reminder.ts';
import type { PersonalCompletion, PersonalTask, Task, TaskCompletion } from '@daymark/core/contract/task.ts';
import type { Asked } from '@daymark/core/reminders/moment.ts';
import { planTask } from '@daymark/core/reminders/plan-task.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import { findOwners, type ReminderOwner } from '../store/reminded-people.ts';
import { presentReminders, type ReminderRow, remindersOfPerson, storeReminders } from '../store/reminders.ts';
import type { Change } from './command.ts';
import { recordPlan } from './record-plans.ts';

/** What reminders have to know of a sheet of tasks. */
interface ChangedTasks {
  find(id: string): Task | undefined;
  outcome(): Outcome;
}

interface Outcome {
  readonly inserted: readonly Task[];
  readonly updated: readonly { readonly before: Task; readonly after: Task }[];
  readonly deletedIds: readonly string[];
}

export interface LoadedReminders {
  /** Undefined when the program acts for nobody. */
  readonly owner: ReminderOwner | undefined;
  /** The tasks that were asked about. */
  readonly taskIds: ReadonlySet<string>;
  readonly rows: readonly ReminderRow[];
}

/** What a command on tasks answers, with the caller's own reminders. */
export type Personal<Answer> = Answer extends Task
  ? PersonalTask
  : Answer extends TaskCompletion
    ? PersonalCompletion
    : Answer;

export interface SheetReminders {
  /** The caller wants these reminders on a task and no others. Call it last: it is not taken back. */
  ask(taskId: string, asked: readonly Asked[] | undefined): void;
  /** Plans and stores. `eventIds` are those of the events of tasks in this command. */
  store(change: Change, sheet: ChangedTasks, eventIds: ReadonlyMap<string, string>): void;
  /** An answer as the caller sees it; call it after `store`. */
  shown<Answer>(answer: Answer): Personal<Answer>;
}

const nothing: LoadedReminders = { owner: undefined, taskIds: new Set(), rows: [] };

export async function loadOwnReminders(change: Change, taskIds: readonly string[]): Promise<LoadedReminders> {
  const { personId } = change;
  if (personId === null) return nothing;
  const [owners, rows] = await Promise.all([
    findOwners(change, [personId]),
    taskIds.length === 0 ? [] : remindersOfPerson(change, personId, taskIds),
  ]);
  return { owner: owners.get(personId), taskIds: new Set(taskIds), rows };
}

export function openSheetReminders(loaded: LoadedReminders): SheetReminders {
  const asked = new Map<string, readonly Asked[]>();
  const known = new Set(loaded.taskIds);
  const rows = Map.groupBy(loaded.rows, (row) => row.task_id);

  function ofTask(task: Task): PersonalTask {
    const reminders: Reminder[] = presentReminders(rows.get(task.id) ?? []);
    return { ...task, reminders };
  }

  function replace(taskId: string, changed: readonly ReminderRow[]): void {
    const after = new Map((rows.get(taskId) ?? []).map((row) => [row.id, row]));
    for (const row of changed) after.set(row.id, row);
    rows.set(taskId, [...after.values()]);
  }

  return {
    ask(taskId, wanted) {
      if (wanted !== undefined) asked.set(taskId, wanted);
    },
    store(change, sheet, eventIds) {
      const outcome = sheet.outcome();
      const { owner } = loaded;
      if (!owner || !change.holds(owner.space_id)) {
        if (asked.size > 0) throw new Error('a command sets reminders without holding the personal space');
        return;
      }
      for (const { id } of outcome.inserted) known.add(id);
      const stored = looksOf(sheet, asked).flatMap(({ id, spaceId, task }) => {
        const previous = task === null ? [] : previousOf(task, outcome, rows);
        const wanted = asked.get(id);
        if (!known.has(id) || (previous === undefined && wanted === undefined)) return [];
        const plan = planTask({
          rows: rows.get(id) ?? [],
          asked: wanted,
          previous: previous ?? [],
          isDefaultFor: task !== null && owner.id === (task.assignee_id ?? task.created_by),
          circumstances: { ...sightOf(task), person: owner, changedAt: change.now },
        });
        const cause = { eventId: eventIds.get(id) ?? null, correlationId: change.correlationId, traceparent: null };
        const changed = recordPlan(change, owner, { id, space_id: spaceId }, plan, cause);
        replace(id, changed);
        return changed;
      });
      if (stored.length > 0) change.write(storeReminders(change, stored));
    },
    shown<Answer>(answer: Answer): Personal<Answer> {
      if (answer === null || typeof answer !== 'object') return answer as Personal<Answer>;
      if ('due_local' in answer) return ofTask(answer as unknown as Task) as Personal<Answer>;
      if (!('next_state' in answer)) return answer as Personal<Answer>;
      const completion = answer as unknown as TaskCompletion;
      const { task, next } = completion;
      return { ...completion, task: ofTask(task), next: next && ofTask(next) } as Personal<Answer>;
    },
  };
}

interface Look {
  readonly id: string;
  readonly spaceId: string;
  /** Null when it was deleted for good. */
  readonly task: Task | null;
}

/** The tasks whose reminders may be others now: those asked for, and those of which something changed that reminders hang on. */
function looksOf(sheet: ChangedTasks, asked: ReadonlyMap<string, unknown>): Look[] {
  const { inserted, updated, deletedIds } = sheet.outcome();
  const looks = new Map<string, Look>(deletedIds.map((id) => [id, { id, spaceId: '', task: null }]));
  const look = (task: Task) => looks.set(task.id, { id: task.id, spaceId: task.space_id, task });
  for (const task of inserted) look(task);
  for (const { before, after } of updated) {
    const isOther =
      before.due_at !== after.due_at ||
      before.due_on !== after.due_on ||
      before.assignee_id !== after.assignee_id ||
      isLive(before) !== isLive(after);
    if (isOther) look(after);
  }
  for (const id of asked.keys()) {
    const task = sheet.find(id);
    if (task) look(task);
  }
  return [...looks.values()];
}

const isLive = (task: Task): boolean => isOpen(task.status) && task.deleted_at === null;

function sightOf(task: Task | null) {
  if (task === null) return { task, closedBecause: 'deleted' };
  return isLive(task) ? { task } : { task: null, closedBecause: 'closed' };
}

/**
 * The caller's reminders on the instance that this one follows. Undefined where that one is not on the sheet: then it is left to
 * those who can look it up.
 */
function previousOf(
  task: Task,
  outcome: Outcome,
  rows: ReadonlyMap<string, readonly ReminderRow[]>,
): readonly ReminderRow[] | undefined {
  const { series_id, occurrence } = task;
  if (series_id === null || occurrence === null || occurrence === 1) return [];
  const before = outcome.updated.find(
    ({ after }) => after.series_id === series_id && after.occurrence === occurrence - 1,
  );
  return before && (rows.get(before.after.id) ?? []);
}
