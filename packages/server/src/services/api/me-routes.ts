/** The profile of the caller, and what anyone may know about the installation. */
import { PublicConfig } from '@daymark/core/contract/account.ts';
import { Me, MeChange } from '@daymark/core/contract/person.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { changeMe } from '../../commands/change-me.ts';
import type { Commands } from '../../commands/command.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { hasUsers } from '../../store/admin-users.ts';
import type { Database } from '../../store/database.ts';
import { findProfile } from '../../store/people.ts';
import { callerOf, intentOf } from './intent.ts';

export interface MeRouteDeps {
  /** Commands on the app login. */
  readonly app: Commands;
  /** The auth login. */
  readonly auth: Database;
}

export function meRoutes(edge: Edge, deps: MeRouteDeps, options: { signUp: 'open' | 'closed'; version: string }): void {
  const { app, auth } = deps;

  edge.route({
    method: 'GET',
    url: '/me',
    schema: { summary: 'Who is signed in', tags: ['Accounts'], response: { 200: Me } },
    config: { access: 'signed_in', scope: 'any' },
    handler: async (request) => {
      const { userId, isAdministrator } = callerOf(request);
      const profile = await app.db.readAs(userId, (sql) => findProfile(sql, userId));
      if (!profile) throw new Problem('unauthenticated');
      return { ...profile, is_administrator: isAdministrator };
    },
  });

  edge.route({
    method: 'PATCH',
    url: '/me',
    schema: { summary: 'Change the profile', tags: ['Accounts'], body: MeChange, response: { 200: Me } },
    config: { access: 'signed_in', scope: 'tasks:write', takes: ['Idempotency-Key'] },
    handler: async (request) => {
      const profile = await changeMe(app, intentOf(request), request.body);
      return { ...profile, is_administrator: callerOf(request).isAdministrator };
    },
  });

  // Once there is an account there always is one: the question is asked no more.
  let hasAccounts = false;
  edge.route({
    method: 'GET',
    url: '/config',
    schema: { summary: 'What anyone may know', tags: ['Accounts'], response: { 200: PublicConfig } },
    config: { access: 'public' },
    handler: async () => {
      hasAccounts ||= options.signUp === 'closed' && (await hasUsers(auth.sql));
      return { sign_up: hasAccounts ? options.signUp : 'open', version: options.version } as const;
    },
  });
}
