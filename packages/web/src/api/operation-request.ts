/** How an operation is asked of the server. Several task operations travel in one bulk request, all or none. */
import type { BulkOperation } from '@daymark/core/contract/task.ts';
import { isTaskOperation, type Operation, type TaskOperation } from '../store/operations.ts';
import type { ApiRequest } from './client.ts';

const bulkOp = {
  'task.create': 'create',
  'task.update': 'update',
  'task.complete': 'complete',
  'task.reopen': 'reopen',
  'task.cancel': 'cancel',
  'task.trash': 'trash',
  'task.restore': 'restore',
  'task.delete': 'delete',
} as const satisfies Record<TaskOperation['op'], BulkOperation['op']>;

function bulkOperation(operation: TaskOperation): BulkOperation {
  const op = bulkOp[operation.op];
  if (operation.op === 'task.create') return { op, body: operation.body };
  if (operation.op === 'task.update') return { op, id: operation.id, body: operation.body };
  if (operation.op === 'task.complete') return { op, id: operation.id, body: { completed_at: operation.at } };
  return { op, id: operation.id };
}

function taskRequest(operation: TaskOperation): ApiRequest {
  const path = `/api/v1/tasks/${operation.id}`;
  switch (operation.op) {
    case 'task.create':
      return { method: 'POST', path: '/api/v1/tasks', body: operation.body };
    case 'task.update':
      return {
        method: 'PATCH',
        path,
        body: operation.body,
        ...(operation.scope ? { query: { scope: operation.scope } } : {}),
        ...(operation.if_match ? { ifMatch: operation.if_match } : {}),
      };
    case 'task.complete':
      return { method: 'POST', path: `${path}/complete`, body: { completed_at: operation.at } };
    case 'task.trash':
      return { method: 'DELETE', path };
    case 'task.delete':
      return { method: 'DELETE', path, query: { permanent: 'true' } };
    default:
      return { method: 'POST', path: `${path}/${bulkOp[operation.op]}` };
  }
}

/** The request for the operations of one mutation: tasks many at a time, lists and tags one at a time. */
export function operationRequest(operations: readonly Operation[]): ApiRequest {
  const [first, second] = operations;
  if (!first) throw new Error('a mutation without operations');
  if (second) {
    const tasks = operations.filter(isTaskOperation);
    if (tasks.length !== operations.length) throw new Error('only task operations travel together');
    return { method: 'POST', path: '/api/v1/tasks/bulk', body: { atomic: true, operations: tasks.map(bulkOperation) } };
  }
  if (isTaskOperation(first)) return taskRequest(first);
  switch (first.op) {
    case 'list.create':
      return { method: 'POST', path: '/api/v1/lists', body: first.body };
    case 'list.update':
      return { method: 'PATCH', path: `/api/v1/lists/${first.id}`, body: first.body };
    case 'list.delete':
      return { method: 'DELETE', path: `/api/v1/lists/${first.id}`, query: { tasks: first.tasks } };
    case 'reminders.set':
      return { method: 'PUT', path: `/api/v1/tasks/${first.id}/reminders`, body: { reminders: first.reminders } };
    case 'series.skip':
      return { method: 'POST', path: `/api/v1/tasks/${first.id}/skip` };
    case 'series.stop':
      return { method: 'POST', path: `/api/v1/tasks/${first.id}/stop-recurrence` };
    case 'notification.read':
      return { method: 'POST', path: `/api/v1/notifications/${first.id}/read` };
    case 'notification.read-all':
      return { method: 'POST', path: '/api/v1/notifications/read-all' };
    case 'notification.snooze':
      return { method: 'POST', path: `/api/v1/notifications/${first.id}/snooze`, body: { until: first.until } };
    case 'tag.rename':
      return { method: 'PATCH', path: `/api/v1/tags/${first.id}`, body: { name: first.name } };
  }
}
