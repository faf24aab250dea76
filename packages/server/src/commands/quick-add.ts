/** Reads a line as a person types it, and makes the task it means. The parser is pure; here it is told who asks and which lists there are. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { QuickAddLine } from '@daymark/core/contract/quick-add.ts';
import type { TaskCreate } from '@daymark/core/contract/task.ts';
import { loadDateWords } from '@daymark/core/quick-add/date-words.ts';
import { parseQuickAdd } from '@daymark/core/quick-add/parse.ts';
import type { QuickAdd, Span } from '@daymark/core/quick-add/quick-add.ts';
import { instantToWall } from '@daymark/core/recurrence/zone.ts';
import { listNamed } from '../store/lists.ts';
import { memberNamed } from '../store/members.ts';
import { findProfile } from '../store/people.ts';
import type { Sql } from '../store/sql.ts';
import { type Commands, type Intent, keptAnswer } from './command.ts';
import { createTask } from './create-task.ts';
import { personalSpaceOf } from './home-space.ts';

/** A task cannot name more lists and people than this; what goes on is left in the title. */
const unknownNamesMax = 4;

/** What a line means to this person now. Nothing is stored. */
export async function readLine(
  commands: Pick<Commands, 'db'>,
  personId: string,
  line: QuickAddLine,
): Promise<QuickAdd> {
  const profile = await commands.db.readAs(personId, (sql) => findProfile(sql, personId));
  return parseQuickAdd(line.text, await surroundings(line, profile ?? { timezone: 'UTC', locale: 'en' }));
}

/** `now` may be an instant or a local time; a bare date is the beginning of that day. */
async function surroundings(line: QuickAddLine, person: { timezone: string; locale: string }) {
  const timezone = line.timezone ?? person.timezone;
  const now = line.now ?? new Date().toISOString();
  const isInstant = /(?:Z|[+-]\d\d:?\d\d)$/i.test(now) && now.includes('T');
  const local = isInstant ? instantToWall(now, timezone) : now.length === 10 ? `${now}T00:00:00` : now;
  const locale = line.locale ?? person.locale;
  const dateWords = await loadDateWords(locale);
  return { now: local, timezone, locale, dateWords, ...(line.mode && { mode: line.mode }) };
}

/**
 * Makes the task that a line means, in the named space or the personal one. A `#list` or `+person` that is not known there stays in the
 * title: nothing that was typed is lost. Throws what `createTask` throws.
 */
export async function quickAdd(
  commands: Commands,
  intent: Intent & { personId: string },
  line: QuickAddLine & { space_id?: string | undefined; list_id?: string | undefined },
) {
  const kept = await keptAnswer(commands, intent);
  if (kept) return kept.answer as Awaited<ReturnType<typeof createTask>>;
  const { personId } = intent;
  const body = await commands.db.readAs(personId, async (sql) => {
    const profile = await findProfile(sql, personId);
    if (!profile) throw new Problem('unavailable', 'The account is still being made ready.');
    const spaceId = line.space_id ?? (await personalSpaceOf(sql, personId));
    return bodyOf(sql, spaceId, line, profile);
  });
  return createTask(commands, intent, body);
}

async function bodyOf(
  sql: Sql,
  spaceId: string,
  line: QuickAddLine & { list_id?: string | undefined },
  profile: { timezone: string; locale: string },
): Promise<TaskCreate> {
  const options = await surroundings(line, profile);
  let { text } = line;
  for (let tries = 0; ; tries++) {
    const read = parseQuickAdd(text, options);
    const [list, assignee] = await Promise.all([
      read.list_name === null ? undefined : listNamed(sql, spaceId, read.list_name),
      read.assignee_name === null ? undefined : memberNamed(sql, spaceId, read.assignee_name),
    ]);
    const unknown =
      read.list_name !== null && !list ? 'list' : read.assignee_name !== null && !assignee ? 'assignee' : null;
    const span = unknown && read.spans.find(({ kind }) => kind === unknown);
    if (span && tries < unknownNamesMax) text = escaped(text, span);
    else return asCreate(read, { spaceId, listId: list ?? line.list_id, assigneeId: assignee, zone: options.timezone });
  }
}

/** Keeps a word in the title by the sign that the grammar has for it. */
const escaped = (text: string, span: Span): string => `${text.slice(0, span.start)}\\${text.slice(span.start)}`;

function asCreate(
  read: QuickAdd,
  place: { spaceId: string; listId: string | undefined; assigneeId: string | undefined; zone: string },
): TaskCreate {
  return {
    space_id: place.spaceId,
    title: read.title,
    timezone: place.zone,
    ...(read.due_at && { due_at: read.due_at }),
    ...(read.due_on && { due_on: read.due_on }),
    ...(read.priority && { priority: read.priority }),
    ...(read.tag_names.length > 0 && { tag_names: [...read.tag_names] }),
    ...(read.recurrence && { recurrence: { ...read.recurrence } }),
    ...(read.reminders.length > 0 && { reminders: [...read.reminders] }),
    ...(place.listId && { list_id: place.listId }),
    ...(place.assigneeId && { assignee_id: place.assigneeId }),
  };
}
