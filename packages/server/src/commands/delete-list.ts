/**
 * Deletes a list. Tasks are never deleted with it: they go to the trash, or stay, in the Inbox either way, so that whoever
 * restores one finds it there. A list with many tasks is emptied in several commands before the last one deletes it;
 * each of them leaves everything consistent.
 */
import type { List } from '@daymark/core/contract/list.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import { countTasksOfList, deleteList as deleteListRow, listHasTasks } from '../store/lists.ts';
import { type TreeMember, treesOfList } from '../store/tasks.ts';
import { type Change, type Commands, eventsPerCommandMax, type Intent, keptAnswer, runCommand } from './command.ts';
import type { ExpectedVersion } from './expected-version.ts';
import { listToChange, refuseInbox, requireList } from './list-access.ts';
import { readFor, runWhere } from './run-where.ts';
import { loadSheet, noNeeds, storeSheet } from './stored-sheet.ts';

/** A command of a longer work touches about so many tasks. */
const tasksPerCommandMax = 100;

/** What happens to the tasks of a list that is deleted. */
export type TasksOfDeletedList = 'trash' | 'inbox';

/**
 * Deletes a list. `tasks` must be said where the list has tasks outside the trash.
 * Throws Problem `not_found`, `forbidden`, `version_conflict`, `conflict`.
 */
export async function deleteList(
  commands: Commands,
  intent: Intent,
  id: string,
  options: { tasks?: TasksOfDeletedList | undefined; expected?: ExpectedVersion } = {},
): Promise<null> {
  const kept = await keptAnswer(commands, intent);
  if (kept) return null;
  const part: Intent = { ...intent, idempotency: null };
  const countLeft = () => readFor(commands, intent, (sql) => countTasksOfList(sql, id, tasksPerCommandMax + 1));
  while ((await countLeft()) > tasksPerCommandMax) {
    const { space_id } = await readFor(commands, intent, (sql) => requireList(sql, id));
    await runCommand(commands, part, [space_id], async (change) => {
      const list = await deletableList(change, id, options);
      await emptyList(change, list, options.tasks, tasksPerCommandMax);
      return null;
    });
  }
  const find = async (sql: Parameters<typeof requireList>[0]) => [(await requireList(sql, id)).space_id];
  return runWhere(commands, intent, find, async (change) => {
    const list = await deletableList(change, id, options);
    // Those that came in the meantime, too: they are few.
    await emptyList(change, list, options.tasks, eventsPerCommandMax);
    change.append(list.space_id, {
      type: 'list.deleted',
      entityId: id,
      snapshot: null,
      changes: changedFields(list, null),
    });
    await deleteListRow(change, id);
    return null;
  });
}

async function deletableList(
  change: Change,
  id: string,
  options: { tasks?: TasksOfDeletedList | undefined; expected?: ExpectedVersion },
): Promise<List> {
  const list = await listToChange(change, id, options.expected);
  refuseInbox(list, 'deleted');
  if (options.tasks === undefined && (await listHasTasks(change, id))) {
    throw new Problem('conflict', 'The list has tasks: say tasks=trash or tasks=inbox.');
  }
  return list;
}

/** Takes whole trees out of the list, about `tasksMax` tasks. What was in the trash stays there. */
async function emptyList(
  change: Change,
  list: List,
  tasks: TasksOfDeletedList | undefined,
  tasksMax: number,
): Promise<void> {
  const ids = wholeTrees(await treesOfList(change, list.id, tasksMax), tasksMax);
  if (ids.length === 0) return;
  const sheet = await loadSheet(change, { ...noNeeds, spaceIds: [list.space_id], tasks: ids, places: true });
  const inbox = sheet.inboxOf(list.space_id);
  for (const id of ids) {
    const task = sheet.task(id);
    const trashedAt = tasks === 'trash' ? sheet.now : null;
    const deletedAt = task.deleted_at ?? trashedAt;
    const position = deletedAt === null ? sheet.endOf(inbox.id) : task.position;
    sheet.change(task, { ...task, list_id: inbox.id, position, deleted_at: deletedAt });
  }
  storeSheet(change, sheet);
}

/** The ids of trees that together have at most `max` tasks; of one tree at least, however large. */
function wholeTrees(members: readonly TreeMember[], max: number): string[] {
  const trees = Map.groupBy(members, (member) => member.root_id);
  const ids: string[] = [];
  for (const tree of trees.values()) {
    if (ids.length > 0 && ids.length + tree.length > max) break;
    ids.push(...tree.map((member) => member.id));
  }
  return ids;
}
