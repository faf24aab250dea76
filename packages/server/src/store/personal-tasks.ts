/** Tasks as one person sees them: with that person's own reminders. */
import type { PersonalTask, Task } from '@daymark/core/contract/task.ts';
import { presentReminders, remindersOfPerson } from './reminders.ts';
import type { Sql } from './sql.ts';
import { findTask } from './tasks.ts';

/** A task of any space the person belongs to, in the trash or not. */
export async function findPersonalTask(sql: Sql, personId: string, id: string): Promise<PersonalTask | undefined> {
  const [task, rows] = await Promise.all([findTask(sql, id), remindersOfPerson(sql, personId, [id])]);
  return task && { ...task, reminders: presentReminders(rows) };
}

/** The same for a task that is at hand. */
export async function withReminders(sql: Sql, personId: string, task: Task): Promise<PersonalTask> {
  return { ...task, reminders: presentReminders(await remindersOfPerson(sql, personId, [task.id])) };
}
