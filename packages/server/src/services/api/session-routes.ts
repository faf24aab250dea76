/** Where the caller is signed in, and signing out there. */

import { page } from '@daymark/core/contract/paging.ts';
import { Session } from '@daymark/core/contract/person.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { z } from 'zod';
import type { AccountDeps } from '../../commands/account-deps.ts';
import type { Commands } from '../../commands/command.ts';
import { onceByKey } from '../../commands/once-by-key.ts';
import { revokeSession } from '../../commands/sign-in.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { listSessions } from '../../store/sessions.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';

export function sessionRoutes(app: Edge, deps: AccountDeps & { readonly app: Commands }): void {
  app.route({
    method: 'GET',
    url: '/sessions',
    schema: { summary: 'Where you are signed in', tags: ['Accounts'], response: { 200: page(Session) } },
    config: { access: 'signed_in', scope: 'session' },
    handler: async (request) => {
      const { userId, sessionId } = callerOf(request);
      return { items: await listSessions(deps.auth.sql, userId, sessionId), next_cursor: null };
    },
  });

  app.route({
    method: 'DELETE',
    url: '/sessions/:id',
    schema: {
      summary: 'Sign out somewhere',
      tags: ['Accounts'],
      params: z.object({ id: Id }),
      response: { 204: NoContent },
    },
    config: { access: 'signed_in', scope: 'session', takes: ['Idempotency-Key'] },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const asker = { ...caller, correlationId: request.correlationId };
      await onceByKey(deps.app, intentOf(request), () => revokeSession(deps, caller, request.params.id, asker));
      return reply.code(204).send(null);
    },
  });
}
