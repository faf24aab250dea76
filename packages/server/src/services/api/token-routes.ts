/** The API tokens of the caller. Never by a token: one that leaked must not make another. */
import { page } from '@daymark/core/contract/paging.ts';
import { Token, TokenCreate } from '@daymark/core/contract/person.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import { createToken, revokeToken } from '../../commands/create-token.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { listTokens } from '../../store/tokens.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';

const tokensShownMax = 500;
const reads = { access: 'signed_in', scope: 'session' } as const;
const writes = { ...reads, takes: ['Idempotency-Key'] } as const;

export function tokenRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/tokens',
    schema: { summary: 'Your API tokens', tags: ['Accounts'], response: { 200: page(Token) } },
    config: reads,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const items = await app.db.readAs(userId, (sql) => listTokens(sql, userId, tokensShownMax));
      return { items, next_cursor: null };
    },
  });

  edge.route({
    method: 'POST',
    url: '/tokens',
    schema: {
      summary: 'Make an API token',
      description:
        'The secret is in this answer alone and kept nowhere: a request repeated with the same Idempotency-Key is answered without `token`.',
      tags: ['Accounts'],
      body: TokenCreate,
      response: { 201: Token },
    },
    config: writes,
    handler: async (request, reply) => reply.code(201).send(await createToken(app, intentOf(request), request.body)),
  });

  edge.route({
    method: 'DELETE',
    url: '/tokens/:id',
    schema: {
      summary: 'Revoke an API token',
      tags: ['Accounts'],
      params: z.object({ id: Id }),
      response: { 204: NoContent },
    },
    config: writes,
    handler: async (request, reply) => {
      await revokeToken(app, intentOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  });
}
