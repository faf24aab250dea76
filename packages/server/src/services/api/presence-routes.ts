/** Who of a space is connected now, to whichever process. */
import { page } from '@daymark/core/contract/paging.ts';
import { PresentMember } from '@daymark/core/contract/presence.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import { readPresence } from '../../commands/presence.ts';
import { membersPerSpaceMax, noSuchSpace } from '../../commands/space-access.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { type StateStore, StateUnavailable } from '../../ports/state-store.ts';
import type { Database } from '../../store/database.ts';
import { listMembers } from '../../store/members.ts';
import { callerOf } from './intent.ts';

const retryAfter_s = 5;

/** `db` is the login that serves people. Register it with the prefix `/api/v1`. */
export function presenceRoutes(edge: Edge, db: Database, store: StateStore): void {
  edge.route({
    method: 'GET',
    url: '/spaces/:id/presence',
    schema: {
      summary: 'Which members of a space have devices connected',
      tags: ['Spaces'],
      params: z.object({ id: Id }),
      response: { 200: page(PresentMember) },
    },
    config: { access: 'signed_in', scope: 'tasks:read', log: { id: 'space_id' } },
    handler: async (request) => {
      const { userId } = callerOf(request);
      const members = await db.readAs(userId, (sql) => listMembers(sql, request.params.id, membersPerSpaceMax));
      // Who belongs to a space sees at least themselves.
      if (members.length === 0) throw noSuchSpace();
      const devices = await presenceOf(
        store,
        members.map((member) => member.user_id),
      );
      return { items: [...devices].map(([user_id, count]) => ({ user_id, devices: count })), next_cursor: null };
    },
  });
}

async function presenceOf(store: StateStore, personIds: readonly string[]): Promise<Map<string, number>> {
  try {
    return await readPresence(store, personIds);
  } catch (error) {
    if (!(error instanceof StateUnavailable)) throw error;
    throw new Problem('unavailable', 'Who is connected is not known just now.', { retryAfter_s });
  }
}
