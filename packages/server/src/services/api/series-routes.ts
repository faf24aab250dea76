/** A series and its history. */
import { PageQuery } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { SeriesHistory } from '@daymark/core/contract/recurrence.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { presentSeries } from '../../store/present-series.ts';
import { figuresOfSeries, historyOfSeries, presentInstance, seriesById } from '../../store/series.ts';
import { callerOf } from './intent.ts';

export function seriesRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/series/:id',
    schema: {
      summary: 'A series with its instances, the latest date first',
      description:
        'Also those that were missed and never were tasks, how many there are of each kind, and how many in a row were completed.',
      tags: ['Recurrence'],
      params: z.object({ id: Id }),
      querystring: PageQuery.pick({ limit: true, cursor: true }),
      response: { 200: SeriesHistory },
    },
    config: { access: 'signed_in', scope: 'tasks:read' },
    handler: async (request): Promise<SeriesHistory> => {
      const { id } = request.params;
      const { limit, cursor } = request.query;
      const before = cursor === undefined ? null : placeOf(cursor);
      return app.db.readAs(callerOf(request).userId, async (sql) => {
        const [[series], rows, figures] = await Promise.all([
          seriesById(sql, [id]),
          // One more than asked for tells whether there is a next page.
          historyOfSeries(sql, id, { before, limit: limit + 1 }),
          figuresOfSeries(sql, id),
        ]);
        if (!series) throw new Problem('not_found', 'There is no such series.');
        const items = rows.slice(0, limit);
        const last = items.at(-1);
        const { current, longest, ...counts } = figures;
        return {
          series: presentSeries(series),
          items: items.map(presentInstance),
          next_cursor: last && rows.length > limit ? `${last.nominal}_${last.id}` : null,
          counts,
          streak: { current, longest },
        };
      });
    },
  });
}

function placeOf(cursor: string): { nominal: string; id: string } {
  const [, nominal, id] = /^(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?)_([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (nominal !== undefined && id !== undefined && Id.safeParse(id).success) return { nominal, id };
  const message = 'is not a cursor of this list';
  throw new Problem('validation_failed', `cursor: ${message}`, { errors: [{ path: 'cursor', message }] });
}
