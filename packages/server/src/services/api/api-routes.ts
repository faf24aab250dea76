/** The routes under `/api/v1`: each resource is a file beside this one, registered here. */
import type { WebhookRules } from '../../commands/change-webhooks.ts';
import type { EdgeRoutes } from '../../kit/http/edge.ts';
import { type AccountRouteDeps, type AccountRouteOptions, accountRoutes } from './account-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { bulkRoutes } from './bulk-routes.ts';
import { deadLetterRoutes } from './dead-letter-routes.ts';
import { type DeliveryRouteOptions, deliveryRoutes } from './delivery-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { markReplayedAnswers } from './intent.ts';
import { listRoutes } from './list-routes.ts';
import { notificationRoutes } from './notification-routes.ts';
import { pushSubscriptionRoutes } from './push-subscription-routes.ts';
import { quickAddRoutes } from './quick-add-routes.ts';
import { reconcileRoutes } from './reconcile-routes.ts';
import { recurrenceRoutes } from './recurrence-routes.ts';
import { reminderRoutes } from './reminder-routes.ts';
import { seriesRoutes } from './series-routes.ts';
import { tagRoutes } from './tag-routes.ts';
import { taskQueryRoutes } from './task-query-routes.ts';
import { taskRoutes } from './task-routes.ts';
import { traceRoutes } from './trace-routes.ts';
import { webhookRoutes } from './webhook-routes.ts';

export type ApiOptions = AccountRouteOptions & DeliveryRouteOptions & WebhookRules;

export function apiRoutes(deps: AccountRouteDeps, options: ApiOptions): EdgeRoutes {
  return async (app) => {
    markReplayedAnswers(app);
    accountRoutes(app, deps, options);
    taskQueryRoutes(app, deps);
    taskRoutes(app, deps);
    reminderRoutes(app, deps);
    notificationRoutes(app, deps);
    deliveryRoutes(app, deps, options);
    pushSubscriptionRoutes(app, deps);
    webhookRoutes(app, deps, options);
    auditRoutes(app, deps.app);
    eventRoutes(app, deps.app);
    deadLetterRoutes(app, { commands: deps.app });
    reconcileRoutes(app, { worker: deps.worker.db });
    recurrenceRoutes(app);
    seriesRoutes(app, deps);
    quickAddRoutes(app, deps);
    bulkRoutes(app, deps);
    historyRoutes(app, deps);
    listRoutes(app, deps);
    tagRoutes(app, deps);
    traceRoutes(app, deps.app);
  };
}
