/** Tags: found while typing, renamed and merged everywhere at once. */
import { PageQuery, page, SpaceQuery } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Tag, TagChange, TagCreate, TagMerge, TagSearch } from '@daymark/core/contract/tag.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import { createTag } from '../../commands/create-tag.ts';
import { deleteTag } from '../../commands/delete-tag.ts';
import { mergeTags } from '../../commands/merge-tags.ts';
import { renameTag } from '../../commands/rename-tag.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { askedSpaces } from './asked-spaces.ts';
import { etagOf, ifMatchOf } from './entity-tag.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';
import { nextCursor, pageStart } from './offset-page.ts';
import { rankedTags } from './ranked-tags.ts';

const params = z.object({ id: Id });
const tags = ['Tags'];
const reads = { access: 'signed_in', scope: 'tasks:read' } as const;
const writes = {
  access: 'signed_in',
  scope: 'tasks:write',
  log: { id: 'tag_id' },
  takes: ['Idempotency-Key', 'If-Match'],
} as const;
const creates = { ...writes, takes: ['Idempotency-Key'] } as const;

export function tagRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/tags',
    schema: {
      summary: 'Tags, ranked by use',
      description:
        'With `search`: those whose name begins so, then those with a word that begins so, then those that hold it, then those that look like it with a typing error; within each the most used first.',
      tags,
      querystring: TagSearch.extend(PageQuery.shape).extend(SpaceQuery.shape),
      response: { 200: page(Tag) },
    },
    config: reads,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const { space_id, search } = request.query;
      const start = pageStart(request.query);
      const found = await app.db.readAs(userId, async (sql) =>
        rankedTags(sql, await askedSpaces(sql, userId, space_id), search),
      );
      const items = found.slice(start.offset, start.offset + start.limit);
      return { items, next_cursor: nextCursor(start, found.length), total: found.length };
    },
  });

  edge.route({
    method: 'POST',
    url: '/tags',
    schema: {
      summary: 'Make a tag',
      description:
        'Tags are also made by naming them in a task. A name that is there already is refused with `conflict`.',
      tags,
      body: TagCreate,
      response: { 201: Tag },
    },
    config: creates,
    handler: async (request, reply) => {
      const tag = await createTag(app, intentOf(request), request.body);
      return reply.code(201).header('etag', etagOf(tag)).send(tag);
    },
  });

  edge.route({
    method: 'PATCH',
    url: '/tags/:id',
    schema: {
      summary: 'Rename a tag everywhere',
      description: 'One event, on the tag: the tasks that carry it keep their versions.',
      tags,
      params,
      body: TagChange,
      response: { 200: Tag },
    },
    config: writes,
    handler: async (request, reply) => {
      const { name } = request.body;
      const tag = await renameTag(app, intentOf(request), request.params.id, name, ifMatchOf(request));
      return reply.header('etag', etagOf(tag)).send(tag);
    },
  });

  edge.route({
    method: 'POST',
    url: '/tags/:id/merge',
    schema: {
      summary: 'Merge a tag into another one of the space',
      description: 'Answers the tag that stays. What carried the first carries the second.',
      tags,
      params,
      body: TagMerge,
      response: { 200: Tag },
    },
    config: writes,
    handler: async (request, reply) => {
      const { into } = request.body;
      const tag = await mergeTags(app, intentOf(request), request.params.id, into, ifMatchOf(request));
      return reply.header('etag', etagOf(tag)).send(tag);
    },
  });

  edge.route({
    method: 'DELETE',
    url: '/tags/:id',
    schema: { summary: 'Delete a tag and take it off all tasks', tags, params, response: { 204: NoContent } },
    config: writes,
    handler: async (request, reply) => {
      await deleteTag(app, intentOf(request), request.params.id, ifMatchOf(request));
      return reply.code(204).send(null);
    },
  });
}
