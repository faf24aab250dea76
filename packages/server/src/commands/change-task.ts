/** Changing one task that is named by id: what all its verbs have in common. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Task } from '@daymark/core/contract/task.ts';
import type { Sql } from '../store/sql.ts';
import { spacesOfTasks } from '../store/tasks.ts';
import type { Commands, Intent } from './command.ts';
import { type ExpectedVersion, requireVersion } from './expected-version.ts';
import { personalSpaceOf } from './home-space.ts';
import { runWhere } from './run-where.ts';
import type { Personal } from './sheet-reminders.ts';
import { loadSheet, noNeeds, type SheetNeeds, storeSheet } from './stored-sheet.ts';
import type { TaskSheet } from './task-sheet.ts';

/** A verb on a task: changes it in the sheet, by the rules, and answers it. */
export type TaskVerb<Answer> = (sheet: TaskSheet, task: Task) => Answer;

/**
 * Runs a verb on one task. `needs` says what the verb has to know besides the task; `remindsOwn` that it sets the caller's reminders.
 * Throws Problem `not_found`, `forbidden`, `version_conflict`, and what the verb throws.
 */
export function changeTask<Answer>(
  commands: Commands,
  intent: Intent,
  id: string,
  options: { expected: ExpectedVersion; needs: Partial<SheetNeeds>; remindsOwn?: boolean },
  verb: TaskVerb<Answer>,
): Promise<Personal<Answer>> {
  return runWhere(
    commands,
    intent,
    (sql) => spacesOf(sql, intent.personId, id, options.remindsOwn ?? false),
    async (change, [spaceId = '']) => {
      const sheet = await loadSheet(change, { ...noNeeds, tasks: [id], ...options.needs, spaceIds: [spaceId] });
      sheet.requireEditor(spaceId);
      const task = sheet.task(id);
      requireVersion(sheet.reminders.shown(task), options.expected);
      const answer = verb(sheet, task);
      storeSheet(change, sheet);
      return sheet.reminders.shown(answer);
    },
  );
}

/** The space of the task, and the person's own where reminders are set, for they lie there. */
async function spacesOf(sql: Sql, personId: string | null, id: string, remindsOwn: boolean): Promise<string[]> {
  const [spaces, own] = await Promise.all([
    spacesOfTasks(sql, [id]),
    remindsOwn ? [personalSpaceOf(sql, personId)] : [],
  ]);
  const spaceId = spaces.get(id);
  if (!spaceId) throw new Problem('not_found', 'There is no such task.');
  return [spaceId, ...(await Promise.all(own))];
}

/** What is in the trash is restored before it is changed. Throws Problem `conflict`. */
export function refuseTrashed(task: Task): void {
  if (task.deleted_at !== null) throw new Problem('conflict', 'The task is in the trash; restore it first.');
}
