/** The members of a space. */

import { page } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Member, MemberChange } from '@daymark/core/contract/space.ts';
import { z } from 'zod';
import { changeMember, removeMember } from '../../commands/change-member.ts';
import type { Commands } from '../../commands/command.ts';
import { onceByKey } from '../../commands/once-by-key.ts';
import { membersPerSpaceMax, noSuchSpace } from '../../commands/space-access.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { listMembers } from '../../store/members.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';

const params = z.object({ id: Id, user_id: Id });
const tags = ['Spaces'];
/** A token that may write tasks must not let people in or put them out. */
const managing = {
  access: 'signed_in',
  scope: 'admin',
  log: { id: 'space_id' },
  takes: ['Idempotency-Key'],
} as const;

export function memberRoutes(edge: Edge, { app, worker }: { app: Commands; worker: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/spaces/:id/members',
    schema: { summary: 'Who belongs to a space', tags, params: z.object({ id: Id }), response: { 200: page(Member) } },
    config: { access: 'signed_in', scope: 'tasks:read', log: { id: 'space_id' } },
    handler: async (request) => {
      const { userId } = callerOf(request);
      const items = await app.db.readAs(userId, (sql) => listMembers(sql, request.params.id, membersPerSpaceMax));
      // Who belongs to a space sees at least themselves.
      if (items.length === 0) throw noSuchSpace();
      return { items, next_cursor: null };
    },
  });

  edge.route({
    method: 'PATCH',
    url: '/spaces/:id/members/:user_id',
    schema: { summary: 'Change the role of a member', tags, params, body: MemberChange, response: { 200: Member } },
    config: managing,
    handler: async (request) => {
      const { id, user_id } = request.params;
      return changeMember(app, intentOf(request), id, user_id, request.body.role);
    },
  });

  edge.route({
    method: 'DELETE',
    url: '/spaces/:id/members/:user_id',
    schema: { summary: 'Remove a member, or leave', tags, params, response: { 204: NoContent } },
    config: managing,
    handler: async (request, reply) => {
      const { id, user_id } = request.params;
      const intent = intentOf(request);
      await onceByKey(app, intent, () => removeMember({ app, worker }, intent, id, user_id));
      return reply.code(204).send(null);
    },
  });
}
