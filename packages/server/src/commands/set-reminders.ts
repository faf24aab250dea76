/** Sets the caller's own reminders on a task. Whoever sees a task may: nobody else learns of it. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { RemindersChange } from '@daymark/core/contract/reminder.ts';
import type { PersonalTask } from '@daymark/core/contract/task.ts';
import { askedReminders } from '@daymark/core/reminders/wanted.ts';
import { spacesOfTasks } from '../store/tasks.ts';
import type { Commands, Intent } from './command.ts';
import { personalSpaceOf } from './home-space.ts';
import { runWhere } from './run-where.ts';
import { loadSheet, noNeeds, storeSheet } from './stored-sheet.ts';

/**
 * Replaces all of the caller's reminders on the task, except those put off. The task's space is held too, so that nobody moves the
 * task meanwhile. Throws Problem `not_found`, and `conflict` for a task in the trash.
 */
export function setReminders(
  commands: Commands,
  intent: Intent,
  taskId: string,
  body: RemindersChange,
): Promise<PersonalTask> {
  return runWhere(
    commands,
    intent,
    async (sql) => {
      const spaceId = (await spacesOfTasks(sql, [taskId])).get(taskId);
      if (!spaceId) throw new Problem('not_found', 'There is no such task.');
      return [spaceId, await personalSpaceOf(sql, intent.personId)];
    },
    async (change, spaceIds) => {
      const sheet = await loadSheet(change, { ...noNeeds, spaceIds, tasks: [taskId] });
      const task = sheet.task(taskId);
      if (task.deleted_at !== null) throw new Problem('conflict', 'The task is in the trash; restore it first.');
      sheet.reminders.ask(taskId, askedReminders(body));
      storeSheet(change, sheet);
      return sheet.reminders.shown(task);
    },
  );
}
