/** Consumers and their dead letters, for administrators. They see ids, types and errors, never what people wrote. */

import { DeadLetter, DeadLetterQuery, QueuePage } from '@daymark/core/contract/operations.ts';
import { page } from '@daymark/core/contract/paging.ts';
import { Id, Instant } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import { onceByKey } from '../../commands/once-by-key.ts';
import { requestDeadLetterReplay } from '../../commands/request-replay.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { consumerStatesForAdministrator, horizonAge_s, presentQueue } from '../../store/cursors.ts';
import { type DeadLetterPlace, listDeadLetters } from '../../store/dead-letters.ts';
import { callerOf, intentOf } from './intent.ts';

const tags = ['Administration'];

/** `commands` are those of the app login: the database asks once more whether the caller is an administrator. */
export function deadLetterRoutes(app: Edge, { commands }: { commands: Pick<Commands, 'db' | 'wakes'> }): void {
  const { db } = commands;
  app.route({
    method: 'GET',
    url: '/admin/queues',
    schema: { summary: 'Consumers of the event log and how far they are behind', tags, response: { 200: QueuePage } },
    config: { access: 'administrator' },
    handler: async (request) => {
      const [states, age_s] = await db.readAs(callerOf(request).userId, (sql) =>
        Promise.all([consumerStatesForAdministrator(sql), horizonAge_s(sql)]),
      );
      return { items: states.map(presentQueue), next_cursor: null, horizon_age_seconds: age_s };
    },
  });

  app.route({
    method: 'GET',
    url: '/admin/dead-letters',
    schema: {
      summary: 'Events that a consumer gave up, the newest first',
      tags,
      querystring: DeadLetterQuery,
      response: { 200: page(DeadLetter) },
    },
    config: { access: 'administrator' },
    handler: async (request) => {
      const { limit, cursor, consumer = null, replayed } = request.query;
      const beyond = cursor === undefined ? null : readCursor(cursor);
      const letters = await db.readAs(callerOf(request).userId, (sql) =>
        listDeadLetters(sql, { consumer, replayed, beyond, limit: limit + 1 }),
      );
      const items = letters.slice(0, limit);
      const last = items.at(-1);
      return { items, next_cursor: letters.length > limit && last ? `${last.died_at}~${last.id}` : null };
    },
  });

  app.route({
    method: 'POST',
    url: '/admin/dead-letters/:id/replay',
    schema: {
      summary: 'Hand a dead letter to its consumer once more',
      description:
        'The consumer takes it up within seconds; `replayed_at` is set when it succeeded, `replays_failed` counts when it failed again. A letter that was replayed already stays as it is.',
      tags,
      params: z.object({ id: Id }),
      response: { 202: DeadLetter },
    },
    config: { access: 'administrator', log: { id: 'dead_letter_id' }, takes: ['Idempotency-Key'] },
    handler: async (request, reply) => {
      const letter = await onceByKey(commands, intentOf(request), () =>
        requestDeadLetterReplay(commands, callerOf(request).userId, request.params.id),
      );
      return reply.code(202).send(letter);
    },
  });
}

function readCursor(cursor: string): DeadLetterPlace {
  const [died_at, id] = cursor.split('~');
  const place = z.object({ died_at: Instant, id: Id }).safeParse({ died_at, id });
  if (place.success) return place.data;
  const message = 'is not one that was answered';
  throw new Problem('validation_failed', `cursor: ${message}`, { errors: [{ path: 'cursor', message }] });
}
