/** What the person's role in a space lets them do. The server decides; this keeps screens from offering what it refuses. */
import type { Entities } from './entities.ts';
import type { Operation } from './operations.ts';

/** False where the person is a viewer. A space whose role is not known yet is left to the server. */
export const mayChange = (entities: Entities, spaceId: string | undefined): boolean =>
  spaceId === undefined || entities.spaces[spaceId]?.role !== 'viewer';

export const mayDo = (entities: Entities, operation: Operation): boolean =>
  mayChange(entities, spaceOf(entities, operation));

function spaceOf(entities: Entities, operation: Operation): string | undefined {
  switch (operation.op) {
    case 'task.create':
    case 'list.create':
      return operation.body.space_id;
    case 'list.update':
    case 'list.delete':
      return entities.lists[operation.id]?.space_id;
    case 'tag.rename':
      return entities.tags[operation.id]?.space_id;
    case 'reminders.set':
    case 'notification.read':
    case 'notification.read-all':
    case 'notification.snooze':
      return undefined;
    default:
      return entities.tasks[operation.id]?.space_id;
  }
}
