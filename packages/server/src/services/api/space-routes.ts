/** The spaces of the caller. */
import { page } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Space, SpaceChange, SpaceCreate } from '@daymark/core/contract/space.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import { createSpace } from '../../commands/create-space.ts';
import { renameSpace } from '../../commands/rename-space.ts';
import { noSuchSpace, spacesPerPersonMax } from '../../commands/space-access.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { findSpace, listSpaces } from '../../store/spaces.ts';
import { etagOf, ifMatchOf } from './entity-tag.ts';
import { callerOf, intentOf } from './intent.ts';

const params = z.object({ id: Id });
const tags = ['Spaces'];

export function spaceRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/spaces',
    schema: { summary: 'Your spaces, the personal one first', tags, response: { 200: page(Space) } },
    config: { access: 'signed_in', scope: 'tasks:read' },
    handler: async (request) => {
      const { userId } = callerOf(request);
      // One more than one may join: the personal space is not counted against anybody who was there before the limit.
      const items = await app.db.readAs(userId, (sql) => listSpaces(sql, userId, spacesPerPersonMax + 1));
      return { items, next_cursor: null };
    },
  });

  edge.route({
    method: 'POST',
    url: '/spaces',
    schema: { summary: 'Make a shared space', tags, body: SpaceCreate, response: { 201: Space } },
    config: { access: 'signed_in', scope: 'tasks:write', takes: ['Idempotency-Key'] },
    handler: async (request, reply) => {
      const space = await createSpace(app, intentOf(request), request.body);
      return reply.code(201).header('etag', etagOf(space)).send(space);
    },
  });

  edge.route({
    method: 'GET',
    url: '/spaces/:id',
    schema: { summary: 'A space', tags, params, response: { 200: Space } },
    config: { access: 'signed_in', scope: 'tasks:read', log: { id: 'space_id' } },
    handler: async (request, reply) => {
      const { userId } = callerOf(request);
      const space = await app.db.readAs(userId, (sql) => findSpace(sql, request.params.id, userId));
      if (!space) throw noSuchSpace();
      return reply.header('etag', etagOf(space)).send(space);
    },
  });

  edge.route({
    method: 'PATCH',
    url: '/spaces/:id',
    schema: { summary: 'Rename a space', tags, params, body: SpaceChange, response: { 200: Space } },
    config: {
      access: 'signed_in',
      scope: 'tasks:write',
      log: { id: 'space_id' },
      takes: ['Idempotency-Key', 'If-Match'],
    },
    handler: async (request, reply) => {
      const options = { ifVersion: ifMatchOf(request) };
      const space = await renameSpace(app, intentOf(request), request.params.id, request.body, options);
      return reply.header('etag', etagOf(space)).send(space);
    },
  });
}
