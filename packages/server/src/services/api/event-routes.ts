/** `GET /api/v1/events/{id}`: one event of the log, for members of its space. */
import { LogEvent } from '@daymark/core/contract/event.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import type { Edge } from '../../kit/http/edge.ts';
import type { Database } from '../../store/database.ts';
import { findEvent, presentEvent } from '../../store/event-log.ts';
import { callerOf } from './intent.ts';

/** `db` is the app login: row-level security holds back the events of foreign spaces. */
export function eventRoutes(app: Edge, { db }: { db: Database }): void {
  app.route({
    method: 'GET',
    url: '/events/:id',
    schema: {
      summary: 'An event as it stands in the log',
      description: 'Where its content was erased, `payload` is null.',
      tags: ['Audit'],
      params: z.object({ id: Id }),
      response: { 200: LogEvent },
    },
    // Events of the personal space say from where somebody signed in: what is read here is what the audit log shows.
    config: { access: 'signed_in', scope: 'audit:read', log: { id: 'event_id' } },
    handler: async (request) => {
      const { userId } = callerOf(request);
      const event = await db.readAs(userId, (sql) => findEvent(sql, request.params.id));
      if (!event) throw new Problem('not_found', 'There is no such event.');
      return presentEvent(event);
    },
  });
}
