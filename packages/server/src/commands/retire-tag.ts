/**
 * What merging and deleting a tag have in common: every task that carries it loses it, each with its event, and then it goes.
 * A tag of many tasks is taken off in several commands before the last one removes it; each leaves everything consistent.
 */
import type { Tag } from '@daymark/core/contract/tag.ts';
import { countTasksWithTag, deleteTag as deleteTagRow } from '../store/tags.ts';
import { inNameOrder, tasksWithTag } from '../store/tasks.ts';
import { type Change, type Commands, eventsPerCommandMax, type Intent, keptAnswer, runCommand } from './command.ts';
import { readFor, runWhere } from './run-where.ts';
import { loadSheet, noNeeds, storeSheet } from './stored-sheet.ts';
import { findSpaceOfTag, requireTag } from './tag-access.ts';

/** A command of a longer work touches so many tasks. */
const tasksPerCommandMax = 100;

/** What takes the tag's place on its tasks, if anything; looked up and checked in each command. */
type Preparation = (change: Change) => Promise<{ tag: Tag; into: Tag | undefined }>;

/** Takes the tag off all tasks, lets `finish` append the event of the tag itself, and removes it. */
export async function retireTag<Answer>(
  commands: Commands,
  intent: Intent,
  id: string,
  prepare: Preparation,
  finish: (change: Change, parts: { tag: Tag; into: Tag | undefined }) => Answer,
): Promise<Answer> {
  const kept = await keptAnswer(commands, intent);
  if (kept) return kept.answer as Answer;
  const part: Intent = { ...intent, idempotency: null };
  for (;;) {
    const tag = await readFor(commands, intent, (sql) => requireTag(sql, id));
    const left = await readFor(commands, intent, (sql) => countTasksWithTag(sql, tag, tasksPerCommandMax + 1));
    if (left <= tasksPerCommandMax) break;
    await runCommand(commands, part, [tag.space_id], async (change) => {
      await retag(change, await prepare(change), tasksPerCommandMax);
      return null;
    });
  }
  return runWhere(commands, intent, findSpaceOfTag(id), async (change) => {
    const parts = await prepare(change);
    // Those that came in the meantime, too: they are few.
    await retag(change, parts, eventsPerCommandMax);
    const answer = finish(change, parts);
    await deleteTagRow(change, id);
    return answer;
  });
}

async function retag(
  change: Change,
  { tag, into }: { tag: Tag; into: Tag | undefined },
  tasksMax: number,
): Promise<void> {
  const ids = await tasksWithTag(change, tag.space_id, tag.id, tasksMax);
  if (ids.length === 0) return;
  const sheet = await loadSheet(change, { ...noNeeds, spaceIds: [tag.space_id], tasks: ids });
  for (const id of ids) {
    const task = sheet.task(id);
    const pairs = new Map(task.tag_ids.map((tagId, place) => [tagId, task.tag_names[place] ?? '']));
    pairs.delete(tag.id);
    if (into) pairs.set(into.id, into.name);
    const sorted = inNameOrder([...pairs]);
    const tags = { tag_ids: sorted.map(([tagId]) => tagId), tag_names: sorted.map(([, name]) => name) };
    sheet.change(task, { ...task, ...tags });
  }
  storeSheet(change, sheet);
}
