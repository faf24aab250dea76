/** Looks at a task because an event said that something changed: is a successor due, is it in its person's zone? */
import { Problem } from '@daymark/core/contract/problem.ts';
import { isOpen } from '@daymark/core/tasks/status.ts';
import { settleChecks, type TaskCheck } from '../store/task-checks.ts';
import { findTask } from '../store/tasks.ts';
import { advanceIn } from './advance-series.ts';
import { type Commands, type Intent, runCommand } from './command.ts';
import { followPerson } from './rederive-due.ts';

/** Does what is due and settles the check, both or neither. `onDone` is called before the commit. */
export async function checkTask(
  commands: Commands,
  intent: Intent,
  check: TaskCheck,
  onDone: () => void = () => {},
): Promise<void> {
  try {
    await runCommand(commands, intent, [check.space_id], async (change) => {
      const task = await findTask(change, check.task_id);
      if (task?.series_id) await advanceIn(change, task.series_id);
      if (task?.floating && isOpen(task.status) && task.deleted_at === null) await followPerson(change, task);
      onDone();
      change.write(settleChecks(change, 'recurrence', [check]));
    });
  } catch (error) {
    // The space is gone, and everything in it.
    if (!(error instanceof Problem && error.code === 'not_found')) throw error;
    await settleChecks(commands.db.sql, 'recurrence', [check]);
  }
}
