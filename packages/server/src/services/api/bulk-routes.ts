/** `POST /api/v1/tasks/bulk`: many operations on tasks in one transaction. */
import { Bulk, BulkAnswer } from '@daymark/core/contract/task.ts';
import { bulkTasks } from '../../commands/bulk-tasks.ts';
import type { Commands } from '../../commands/command.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { intentOf } from './intent.ts';

export function bulkRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'POST',
    url: '/tasks/bulk',
    schema: {
      summary: 'Up to 500 operations in one transaction',
      description:
        'They are done in order, each as its own request would be, and answered with the status and body of that. Atomic, as it is unless said otherwise: one failure stores nothing and the answer is 422 with all results. `atomic: false`: those that can be done are done.',
      tags: ['Tasks'],
      body: Bulk,
      response: { 200: BulkAnswer },
    },
    config: { access: 'signed_in', scope: 'tasks:write', takes: ['Idempotency-Key'] },
    handler: (request) => bulkTasks(app, intentOf(request), request.body),
  });
}
