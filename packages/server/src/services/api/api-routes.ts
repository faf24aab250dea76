/** The routes under `/api/v1`: each resource is a file beside this one, registered here. */
import type { EdgeRoutes } from '../../kit/http/edge.ts';
import { type AccountRouteDeps, type AccountRouteOptions, accountRoutes } from './account-routes.ts';
import { markReplayedAnswers } from './intent.ts';
import { taskRoutes } from './task-routes.ts';

export function apiRoutes(deps: AccountRouteDeps, options: AccountRouteOptions): EdgeRoutes {
  return async (app) => {
    markReplayedAnswers(app);
    accountRoutes(app, deps, options);
    taskRoutes(app, deps);
  };
}
