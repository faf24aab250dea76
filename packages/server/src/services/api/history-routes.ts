/** `GET /api/v1/tasks/{id}/history`: who did what to a task, and when, from which client. */
import { HistoryEntry } from '@daymark/core/contract/event.ts';
import { PageQuery, page } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { historyOfTask } from '../../store/history.ts';
import { findTask } from '../../store/tasks.ts';
import { callerOf } from './intent.ts';

const newest = Number.MAX_SAFE_INTEGER;

export function historyRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/tasks/:id/history',
    schema: {
      summary: 'The history of a task, the newest first',
      description: 'Also of a task that was deleted for good, as long as the log keeps its events.',
      tags: ['Tasks'],
      params: z.object({ id: Id }),
      querystring: PageQuery.pick({ limit: true, cursor: true }),
      response: { 200: page(HistoryEntry) },
    },
    config: { access: 'signed_in', scope: 'tasks:read', log: { id: 'task_id' } },
    handler: async (request) => {
      const { id } = request.params;
      const { limit, cursor } = request.query;
      const belowVersion = cursor === undefined ? newest : versionOf(cursor);
      return app.db.readAs(callerOf(request).userId, async (sql) => {
        // One more than asked for tells whether there is a next page.
        const entries = await historyOfTask(sql, id, { belowVersion, limit: limit + 1 });
        if (entries.length === 0 && !(await isKnown(sql, id))) {
          throw new Problem('not_found', 'There is no such task.');
        }
        const items = entries.slice(0, limit);
        return { items, next_cursor: entries.length > limit ? `v${items.at(-1)?.version}` : null };
      });
    },
  });
}

async function isKnown(sql: Parameters<typeof findTask>[0], id: string): Promise<boolean> {
  if (await findTask(sql, id)) return true;
  return (await historyOfTask(sql, id, { belowVersion: newest, limit: 1 })).length > 0;
}

function versionOf(cursor: string): number {
  const version = /^v([0-9]{1,15})$/.exec(cursor)?.[1];
  if (version !== undefined) return Number(version);
  const message = 'is not a cursor of this list';
  throw new Problem('validation_failed', `cursor: ${message}`, { errors: [{ path: 'cursor', message }] });
}
