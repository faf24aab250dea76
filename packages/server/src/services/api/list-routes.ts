/** Lists of tasks. */
import { List, ListChange, ListCreate } from '@daymark/core/contract/list.ts';
import { PageQuery, page, SpaceQuery } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { z } from 'zod';
import { changeList } from '../../commands/change-list.ts';
import type { Commands } from '../../commands/command.ts';
import { createList } from '../../commands/create-list.ts';
import { deleteList } from '../../commands/delete-list.ts';
import { requireList } from '../../commands/list-access.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { countLists, listsOfSpaces } from '../../store/lists.ts';
import { askedSpaces } from './asked-spaces.ts';
import { etagOf, ifMatchOf } from './entity-tag.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';
import { nextCursor, pageStart } from './offset-page.ts';

const params = z.object({ id: Id });
const tags = ['Lists'];
const reads = { access: 'signed_in', scope: 'tasks:read', log: { id: 'list_id' } } as const;
const writes = {
  access: 'signed_in',
  scope: 'tasks:write',
  log: { id: 'list_id' },
  takes: ['Idempotency-Key', 'If-Match'],
} as const;
const creates = { ...writes, takes: ['Idempotency-Key'] } as const;

export function listRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/lists',
    schema: {
      summary: 'The lists of a space in their order, archived ones included',
      tags,
      querystring: PageQuery.extend(SpaceQuery.shape),
      response: { 200: page(List) },
    },
    config: reads,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const start = pageStart(request.query);
      return app.db.readAs(userId, async (sql) => {
        const spaceIds = await askedSpaces(sql, userId, request.query.space_id);
        const [items, total] = await Promise.all([listsOfSpaces(sql, spaceIds, start), countLists(sql, spaceIds)]);
        return { items, next_cursor: nextCursor(start, total), total };
      });
    },
  });

  edge.route({
    method: 'POST',
    url: '/lists',
    schema: {
      summary: 'Make a list',
      description: 'It stands behind the others unless `position` says where.',
      tags,
      body: ListCreate,
      response: { 201: List },
    },
    config: creates,
    handler: async (request, reply) => {
      const list = await createList(app, intentOf(request), request.body);
      return reply.code(201).header('etag', etagOf(list)).header('location', `/api/v1/lists/${list.id}`).send(list);
    },
  });

  edge.route({
    method: 'GET',
    url: '/lists/:id',
    schema: { summary: 'A list', tags, params, response: { 200: List } },
    config: reads,
    handler: async (request, reply) => {
      const list = await app.db.readAs(callerOf(request).userId, (sql) => requireList(sql, request.params.id));
      return reply.header('etag', etagOf(list)).send(list);
    },
  });

  edge.route({
    method: 'PATCH',
    url: '/lists/:id',
    schema: {
      summary: 'Change or archive a list',
      description: 'An archived list takes no new tasks. The Inbox keeps its name and is never archived.',
      tags,
      params,
      body: ListChange,
      response: { 200: List },
    },
    config: writes,
    handler: async (request, reply) => {
      const list = await changeList(app, intentOf(request), request.params.id, request.body, ifMatchOf(request));
      return reply.header('etag', etagOf(list)).send(list);
    },
  });

  edge.route({
    method: 'DELETE',
    url: '/lists/:id',
    schema: {
      summary: 'Delete a list',
      description:
        'A list with tasks is refused with `conflict` unless `tasks` says what happens to them: they go to the trash, or to the Inbox.',
      tags,
      params,
      querystring: z.strictObject({ tasks: z.enum(['trash', 'inbox']).optional() }),
      response: { 204: NoContent },
    },
    config: writes,
    handler: async (request, reply) => {
      const options = { tasks: request.query.tasks, expected: ifMatchOf(request) };
      await deleteList(app, intentOf(request), request.params.id, options);
      return reply.code(204).send(null);
    },
  });
}
