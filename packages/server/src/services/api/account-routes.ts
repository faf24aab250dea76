/** The routes of accounts and spaces under `/api/v1`. */
import type { AccountDeps } from '../../commands/account-deps.ts';
import type { Commands } from '../../commands/command.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { adminUserRoutes } from './admin-user-routes.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { meRoutes } from './me-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { spaceRoutes } from './space-routes.ts';
import { tokenRoutes } from './token-routes.ts';

export interface AccountRouteDeps extends AccountDeps {
  /** Commands on the app login. */
  readonly app: Commands;
}

export interface AccountRouteOptions {
  readonly signUp: 'open' | 'closed';
  readonly publicUrl: string | undefined;
  /** Where the server says that it is reached, for links in mails; null while that is not known. */
  readonly origin: () => string | null;
  readonly version: string;
  /** Whether a mail server is configured. */
  readonly sendsMail: boolean;
}

export function accountRoutes(edge: Edge, deps: AccountRouteDeps, options: AccountRouteOptions): void {
  meRoutes(edge, deps, options);
  sessionRoutes(edge, deps);
  tokenRoutes(edge, deps);
  spaceRoutes(edge, deps);
  memberRoutes(edge, deps);
  invitationRoutes(edge, deps, options);
  adminUserRoutes(edge, deps);
}
