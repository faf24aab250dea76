/** Commands on things that are named by id alone: first find the space, then run in it. */

import type { Sql } from '../store/sql.ts';
import { type Change, type Commands, type Intent, keptAnswer, runCommand } from './command.ts';

/**
 * Reads which spaces the command touches, then runs it there. An answer kept under the intent's key is given again even where
 * `find` throws because what it was about is gone.
 */
export async function runWhere<Answer>(
  commands: Commands,
  intent: Intent,
  find: (sql: Sql) => Promise<readonly string[]>,
  work: (change: Change, spaceIds: readonly string[]) => Promise<Answer>,
): Promise<Answer> {
  let spaceIds: readonly string[];
  try {
    spaceIds = await readFor(commands, intent, find);
  } catch (error) {
    const kept = await keptAnswer(commands, intent);
    if (kept) return kept.answer as Answer;
    throw error;
  }
  return runCommand(commands, intent, spaceIds, (change) => work(change, spaceIds));
}

/** Reads with the rights of whoever wants the change. */
export function readFor<T>(commands: Commands, intent: Intent, work: (sql: Sql) => Promise<T>): Promise<T> {
  return intent.personId === null ? work(commands.db.sql) : commands.db.readAs(intent.personId, work);
}
