/** Invitations to a space: made and revoked by its owners, used by whoever holds the link. */

import { LinkToken } from '@daymark/core/contract/account.ts';
import { page } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { Invitation, InvitationCreate, InvitationOffer, Space } from '@daymark/core/contract/space.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { acceptInvitation, noSuchInvitation } from '../../commands/accept-invitation.ts';
import type { Commands } from '../../commands/command.ts';
import { createInvitation, revokeInvitation } from '../../commands/create-invitation.ts';
import { onceByKey } from '../../commands/once-by-key.ts';
import { requireOwner } from '../../commands/space-access.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { findInvitationOffer, listInvitations } from '../../store/invitations.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';

const invitationsShownMax = 500;
const params = z.object({ id: Id });
const link = z.object({ token: LinkToken });
const tags = ['Spaces'];
const managing = { access: 'signed_in', scope: 'admin', log: { id: 'space_id' } } as const;
const writes = { ...managing, takes: ['Idempotency-Key'] } as const;

export function invitationRoutes(
  edge: Edge,
  { app, worker }: { app: Commands; worker: Commands },
  options: { publicUrl: string | undefined; origin: () => string | null; sendsMail: boolean },
): void {
  edge.route({
    method: 'GET',
    url: '/spaces/:id/invitations',
    schema: { summary: 'Open invitations to a space', tags, params, response: { 200: page(Invitation) } },
    config: managing,
    handler: async (request) => {
      const { userId } = callerOf(request);
      const items = await app.db.readAs(userId, async (sql) => {
        await requireOwner(sql, request.params.id, userId);
        return listInvitations(sql, request.params.id, invitationsShownMax);
      });
      return { items, next_cursor: null };
    },
  });

  edge.route({
    method: 'POST',
    url: '/spaces/:id/invitations',
    schema: {
      summary: 'Make a link that lets people in',
      description:
        'The link is in this answer alone: a request repeated with the same Idempotency-Key is answered without `token` and `url`. It ends after 7 days unless `expires_at` says otherwise. With `email` it is sent there, too.',
      tags,
      params,
      body: InvitationCreate,
      response: { 201: Invitation },
    },
    config: writes,
    handler: async (request, reply) => {
      const origin = options.publicUrl ?? originOf(request);
      const { sendsMail } = options;
      const made = await createInvitation(app, intentOf(request), request.params.id, request.body, {
        origin,
        mailOrigin: options.origin(),
        sendsMail,
      });
      return reply.code(201).send(made);
    },
  });

  edge.route({
    method: 'DELETE',
    url: '/spaces/:id/invitations/:invitation_id',
    schema: {
      summary: 'Revoke an invitation',
      tags,
      params: z.object({ id: Id, invitation_id: Id }),
      response: { 204: NoContent },
    },
    config: writes,
    handler: async (request, reply) => {
      await revokeInvitation(app, intentOf(request), request.params.id, request.params.invitation_id);
      return reply.code(204).send(null);
    },
  });

  edge.route({
    method: 'GET',
    url: '/invitations/:token',
    schema: { summary: 'What a link offers', tags, params: link, response: { 200: InvitationOffer } },
    config: { access: 'public', limit: 'credentials' },
    handler: async (request) => {
      const offer = await findInvitationOffer(app.db.sql, request.params.token);
      if (!offer) throw noSuchInvitation();
      return offer;
    },
  });

  edge.route({
    method: 'POST',
    url: '/invitations/:token/accept',
    schema: { summary: 'Join the space of a link', tags, params: link, response: { 200: Space } },
    config: { access: 'signed_in', scope: 'admin', takes: ['Idempotency-Key'] },
    handler: async (request) => {
      const intent = intentOf(request);
      return onceByKey(app, intent, () => acceptInvitation(worker, intent, request.params.token));
    },
  });
}

/** Where the owner reaches the server; whoever shares a network with them does so too. */
function originOf(request: FastifyRequest): string {
  const address = URL.parse(`${request.protocol}://${request.host}`);
  if (!address) throw new Problem('malformed_request', 'The header Host is not an address.');
  return address.origin;
}
