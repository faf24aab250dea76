/** Deletes for good what has been in the trash of a space for too long. The program does it by itself, a batch at a time. */
import { oldTrash } from '../store/tasks.ts';
import { type Commands, type Intent, runCommand } from './command.ts';
import { loadSheet, noNeeds, storeSheet } from './stored-sheet.ts';

/**
 * Deletes at most `limit` tasks that went to the trash before `before` and have no sub-tasks (any more), and answers how many. Called
 * until it answers 0, it deletes whole trees from below.
 */
export function emptyTrash(
  commands: Commands,
  intent: Intent,
  spaceId: string,
  options: { before: string; limit: number },
): Promise<number> {
  return runCommand(commands, intent, [spaceId], async (change) => {
    const ids = await oldTrash(change, spaceId, options.before, options.limit);
    const sheet = await loadSheet(change, { ...noNeeds, spaceIds: [spaceId], tasks: ids });
    for (const id of ids) sheet.remove(sheet.task(id));
    storeSheet(change, sheet);
    return ids.length;
  });
}
