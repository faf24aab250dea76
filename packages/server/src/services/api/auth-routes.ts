/**
 * Signing up, in and out, and passwords. Nothing else of better-auth can be reached. These routes are not asked for with a cookie,
 * so each looks itself whether the page that asks is one of ours: nobody is to be signed in to a stranger's account unawares.
 */
import {
  PasswordChange,
  PasswordReset,
  PasswordResetRequest,
  SignedIn,
  SignIn,
  SignUp,
} from '@daymark/core/contract/account.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AccountDeps, Asker } from '../../commands/account-deps.ts';
import { changePassword, resetPassword } from '../../commands/change-password.ts';
import { requestPasswordReset } from '../../commands/request-password-reset.ts';
import { revokeSession, signIn } from '../../commands/sign-in.ts';
import { type SignUpOptions, signUp } from '../../commands/sign-up.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { isForeignOrigin } from '../../kit/http/origin.ts';
import { callerOf } from './intent.ts';

const clientCharactersMax = 200;
const Done = z.object({ success: z.literal(true) }).meta({ id: 'Done' });

export interface AuthRouteOptions extends SignUpOptions {
  readonly corsOrigins: readonly string[];
  /** Whether a mail server is configured. */
  readonly sendsMail: boolean;
}

/** Register it with the prefix `/api/auth`. */
export function authRoutes(app: Edge, deps: AccountDeps, options: AuthRouteOptions): void {
  const ownOrigins = new Set([...options.corsOrigins, ...(options.publicUrl ? [options.publicUrl] : [])]);
  const refuseForeignPage = async (request: FastifyRequest): Promise<void> => {
    if (isForeignOrigin(request, ownOrigins)) throw new Problem('foreign_origin');
  };
  const open = { access: 'public', limit: 'credentials' } as const;

  app.route({
    method: 'POST',
    url: '/sign-up/email',
    schema: { summary: 'Make an account and sign in', tags: ['Accounts'], body: SignUp, response: { 200: SignedIn } },
    config: open,
    onRequest: refuseForeignPage,
    handler: async (request, reply) => {
      const { cookie, ...answer } = await signUp(deps, request.body, askerOf(request), options);
      return reply.header('set-cookie', cookie).header('cache-control', 'no-store').send(answer);
    },
  });

  app.route({
    method: 'POST',
    url: '/sign-in/email',
    schema: { summary: 'Sign in', tags: ['Accounts'], body: SignIn, response: { 200: SignedIn } },
    config: open,
    onRequest: refuseForeignPage,
    handler: async (request, reply) => {
      const { cookie, ...answer } = await signIn(deps, request.body, askerOf(request));
      return reply.header('set-cookie', cookie).header('cache-control', 'no-store').send(answer);
    },
  });

  app.route({
    method: 'POST',
    url: '/sign-out',
    schema: { summary: 'End the session that asks', tags: ['Accounts'], response: { 200: Done } },
    config: { access: 'signed_in', scope: 'session' },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      if (caller.sessionId) await revokeSession(deps, caller, caller.sessionId, askerOf(request));
      return reply.header('set-cookie', deps.accounts.endedCookie).send({ success: true as const });
    },
  });

  app.route({
    method: 'POST',
    url: '/change-password',
    schema: { summary: 'Change the password', tags: ['Accounts'], body: PasswordChange, response: { 200: Done } },
    config: { access: 'signed_in', scope: 'session', limit: 'credentials' },
    handler: async (request) => {
      await changePassword(deps, callerOf(request), request.body, askerOf(request));
      return { success: true as const };
    },
  });

  app.route({
    method: 'POST',
    url: '/request-password-reset',
    schema: {
      summary: 'Ask for a link by mail, to choose a new password',
      description:
        'The answer is the same whether there is such an account or not, and so is the time it takes. Refused with `forbidden` where the server sends no mail.',
      tags: ['Accounts'],
      body: PasswordResetRequest,
      response: { 200: Done },
    },
    config: open,
    onRequest: refuseForeignPage,
    handler: async (request) => {
      if (!options.sendsMail) {
        throw new Problem(
          'forbidden',
          'This server sends no mail. Ask its administrator for a link: daymark user reset-link <email>.',
        );
      }
      await requestPasswordReset(deps, request.body.email, askerOf(request));
      return { success: true as const };
    },
  });

  app.route({
    method: 'POST',
    url: '/reset-password',
    schema: {
      summary: 'Choose a new password by a link',
      tags: ['Accounts'],
      body: PasswordReset,
      response: { 200: Done },
    },
    config: open,
    onRequest: refuseForeignPage,
    handler: async (request) => {
      await resetPassword(deps, request.body, askerOf(request));
      return { success: true as const };
    },
  });
}

function askerOf(request: FastifyRequest): Asker {
  return {
    client: request.headers['user-agent']?.slice(0, clientCharactersMax) ?? null,
    address: request.ip,
    correlationId: request.correlationId,
  };
}
