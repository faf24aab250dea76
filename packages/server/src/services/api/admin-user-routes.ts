/** Accounts, for administrators. They see who there is; no space opens to them by it. */

import { AdminUser, AdminUserChange } from '@daymark/core/contract/account.ts';
import { PageQuery, page } from '@daymark/core/contract/paging.ts';
import { Id } from '@daymark/core/contract/primitives.ts';
import { z } from 'zod';
import type { AccountDeps } from '../../commands/account-deps.ts';
import { changeAccount } from '../../commands/change-account.ts';
import type { Commands } from '../../commands/command.ts';
import { onceByKey } from '../../commands/once-by-key.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { listAdminUsers } from '../../store/admin-users.ts';
import { callerOf, intentOf } from './intent.ts';

const UserQuery = PageQuery.pick({ limit: true }).extend({ cursor: Id.optional() });
const tags = ['Administration'];

export function adminUserRoutes(app: Edge, deps: AccountDeps & { readonly app: Commands }): void {
  app.route({
    method: 'GET',
    url: '/admin/users',
    schema: {
      summary: 'All accounts, the oldest first',
      tags,
      querystring: UserQuery,
      response: { 200: page(AdminUser) },
    },
    config: { access: 'administrator' },
    handler: async (request) => {
      const { limit, cursor = null } = request.query;
      const users = await listAdminUsers(deps.worker.db.sql, cursor, limit + 1);
      const items = users.slice(0, limit);
      return { items, next_cursor: users.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
  });

  app.route({
    method: 'PATCH',
    url: '/admin/users/:id',
    schema: {
      summary: 'Disable or enable an account, make it an administrator or not',
      tags,
      params: z.object({ id: Id }),
      body: AdminUserChange,
      response: { 200: AdminUser },
    },
    config: { access: 'administrator', takes: ['Idempotency-Key'] },
    handler: async (request) => {
      const { userId } = callerOf(request);
      const options = { correlationId: request.correlationId };
      return onceByKey(deps.app, intentOf(request), () =>
        changeAccount(deps, userId, request.params.id, request.body, options),
      );
    },
  });
}
