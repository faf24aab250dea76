/** Changes fields of a task. Only what is named changes; a status runs what its verb does. */
import type { EditScope, PersonalTask, Task, TaskChange } from '@daymark/core/contract/task.ts';
import { askedReminders } from '@daymark/core/reminders/wanted.ts';
import { changedDue } from '@daymark/core/tasks/due.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { isOpen, withStatus } from '@daymark/core/tasks/status.ts';
import { followSeries } from './change-series.ts';
import { changeTask, refuseTrashed } from './change-task.ts';
import { closeDescendants } from './close-task.ts';
import type { Commands, Intent } from './command.ts';
import { refuseStranger, remindsOwn } from './create-task.ts';
import type { ExpectedVersion } from './expected-version.ts';
import type { SheetNeeds } from './stored-sheet.ts';
import { bringDescendants, changedPlace } from './task-place.ts';
import type { TaskSheet } from './task-sheet.ts';
import { withdrawSuccessor } from './withdraw-successor.ts';

/**
 * Changes a task and answers it; nothing happens where nothing differs. `scope` says for which instances of a series the change is
 * meant (change-series.ts).
 * Throws Problem `not_found`, `forbidden`, `version_conflict`, `validation_failed`, `conflict`.
 */
export function updateTask(
  commands: Commands,
  intent: Intent,
  id: string,
  body: TaskChange,
  expected: ExpectedVersion = undefined,
  scope: EditScope | undefined = undefined,
): Promise<PersonalTask> {
  const options = { expected, needs: needsOfUpdate(id, body), remindsOwn: remindsOwn(body) };
  return changeTask(commands, intent, id, options, (sheet, task) => applyUpdate(sheet, task, body, scope));
}

/** What has to be known to change a task so. */
export function needsOfUpdate(id: string, body: TaskChange): Partial<SheetNeeds> {
  const isMoved = body.list_id !== undefined || body.parent_id !== undefined;
  const isClosed = body.status !== undefined && !isOpen(body.status);
  return {
    withAbove: isMoved ? [id, ...(body.parent_id ? [body.parent_id] : [])] : [],
    withBelow: isMoved || isClosed ? [id] : [],
    places: isMoved,
    lists: body.list_id ? [body.list_id] : [],
    tagNames: body.tag_names ?? [],
    assignees: body.assignee_id ? [body.assignee_id] : [],
    instances: true,
  };
}

/** Changes fields of a task in the sheet. */
export function applyUpdate(sheet: TaskSheet, task: Task, body: TaskChange, scope?: EditScope): Task {
  refuseTrashed(task);
  refuseStranger(sheet, task.space_id, body.assignee_id);
  const timezone = body.timezone ?? task.timezone;
  const changed: Task = {
    ...task,
    title: body.title ?? task.title,
    notes: body.notes ?? task.notes,
    priority: body.priority === undefined ? task.priority : body.priority,
    ...changedDue(task, body, timezone),
    timezone,
    floating: body.floating ?? task.floating,
    start_at: body.start_at ? canonicalInstant(body.start_at) : body.start_at === null ? null : task.start_at,
    ...changedPlace(sheet, task, body),
    ...(body.tag_names && sheet.tagsNamed(task.space_id, body.tag_names)),
    assignee_id: body.assignee_id === undefined ? task.assignee_id : body.assignee_id,
  };
  const wanted = followSeries(sheet, { before: task, changed, body, scope });
  const after = sheet.change(task, withStatus(wanted, body.status ?? task.status, sheet.now));
  if (after.list_id !== task.list_id) bringDescendants(sheet, after);
  if (after.status !== task.status && !isOpen(after.status)) closeDescendants(sheet, after, after.status, sheet.now);
  if (!isOpen(task.status) && isOpen(after.status)) withdrawSuccessor(sheet, after);
  sheet.reminders.ask(after.id, askedReminders(body));
  return after;
}
