/** `GET /api/v1/tasks`: filters that combine, search, several criteria of order, pages by offset or by cursor. */
import { Problem } from '@daymark/core/contract/problem.ts';
import { type FoundTask, TaskPage, TaskQuery } from '@daymark/core/contract/task-query.ts';
import { highlighter } from '@daymark/core/search/highlight.ts';
import type { Commands } from '../../commands/command.ts';
import type { Edge } from '../../kit/http/edge.ts';
import type { Database } from '../../store/database.ts';
import { remindersFromJson } from '../../store/reminders.ts';
import { findTasks, searchMatchesMax, type TaskFindings } from '../../store/task-queries.ts';
import { findAsker } from '../../store/task-query/asker.ts';
import { asksForDays, searchOf } from '../../store/task-query/question.ts';
import { presentTask } from '../../store/tasks.ts';
import { callerOf } from './intent.ts';

const description = `Filters combine. Without \`space_id\` the personal space is looked into, or the space of the named \`list_id\` or \`parent_id\`; \`space_id=all\` looks into all of the person's.

Without \`sort\` the order is: by relevance when searching (title before tags before notes, then the newest), by \`deleted_desc\` in the trash, by \`position_asc\` in a list or below a parent, and otherwise \`due_date_asc,priority_desc,created_desc\`. Empty values stand last in either direction, and equal tasks are ordered by id. Titles are sorted as people sort them, numbers by value.

\`next_cursor\` continues the same query: another filter or sort refuses it. \`total\` is exact, a search counts among its ${searchMatchesMax} newest matches; it is left out on pages asked for by \`cursor\` unless \`total=true\`.`;

export function taskQueryRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/tasks',
    schema: {
      summary: 'List and search tasks',
      description,
      tags: ['Tasks'],
      querystring: TaskQuery,
      response: { 200: TaskPage },
    },
    config: { access: 'signed_in', scope: 'tasks:read' },
    handler: async (request) => {
      const findings = await answerQuery(app.db, callerOf(request).userId, request.query, new Date().toISOString());
      return presentPage(findings, searchOf(request.query));
    },
  });
}

/** Throws Problem `not_found` for a space the person is not in, `validation_failed` for a cursor of another query. */
async function answerQuery(db: Database, personId: string, query: TaskQuery, now: string): Promise<TaskFindings> {
  const named = query.space_id === undefined || query.space_id === 'all' ? null : query.space_id;
  const hasDays = asksForDays(query);
  const read = hasDays ? db.readAs : db.askAs;
  return read(personId, async (sql) => {
    const asking = hasDays || named !== null ? findAsker(sql, named) : { timezone: 'UTC', isMember: true };
    // Where days begin has to be known before days can be asked for; else all statements share a round trip.
    const zone = hasDays ? (await asking).timezone : 'UTC';
    const [asker, findings] = await Promise.all([asking, findTasks(sql, { personId, query, zone, now })]);
    if (!asker.isMember) throw new Problem('not_found', 'There is no such space.');
    return findings;
  });
}

function presentPage({ rows, nextCursor, total }: TaskFindings, search: string | undefined): TaskPage {
  const mark = search === undefined ? undefined : highlighter(search);
  const items = rows.map((row): FoundTask => {
    const task = { ...presentTask(row), reminders: remindersFromJson(row.reminders) };
    return mark ? { ...task, highlights: mark(task) } : task;
  });
  return { items, next_cursor: nextCursor, ...(total !== undefined && { total }) };
}
