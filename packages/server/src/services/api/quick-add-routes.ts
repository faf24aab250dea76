/** Tasks from a line of text: read only, or made. */
import { QuickAddCreate, QuickAddParse, QuickAddReading } from '@daymark/core/contract/quick-add.ts';
import { PersonalTask } from '@daymark/core/contract/task.ts';
import type { Commands } from '../../commands/command.ts';
import { quickAdd, readLine } from '../../commands/quick-add.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { etagOf } from './entity-tag.ts';
import { callerOf, intentOf } from './intent.ts';

const tags = ['Tasks'];

export function quickAddRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'POST',
    url: '/tasks/parse',
    schema: {
      summary: 'What a line of text means',
      description:
        'Nothing is stored. `now` is an instant, or a local time in `timezone`; without them the present moment and the zone of the profile. `spans` say which parts of the text were understood; all else is the title.',
      tags,
      body: QuickAddParse,
      response: { 200: QuickAddReading },
    },
    config: { access: 'signed_in', scope: 'tasks:read' },
    handler: async (request) => {
      const { timezone, ...read } = await readLine(app, callerOf(request).userId, request.body);
      return {
        ...read,
        tag_names: [...read.tag_names],
        reminders: [...read.reminders],
        spans: [...read.spans],
        next: [...read.next],
        alternatives: [...read.alternatives],
      };
    },
  });

  edge.route({
    method: 'POST',
    url: '/tasks/quick-add',
    schema: {
      summary: 'Make a task from a line of text',
      description:
        'A `#list` or `+person` that the space does not have stays in the title. The task goes to the personal space and its Inbox unless the body or the text names another place.',
      tags,
      body: QuickAddCreate,
      response: { 201: PersonalTask },
    },
    config: { access: 'signed_in', scope: 'tasks:write', log: {}, takes: ['Idempotency-Key'] },
    handler: async (request, reply) => {
      const task = await quickAdd(app, intentOf(request), request.body);
      return reply.code(201).header('etag', etagOf(task)).header('location', `/api/v1/tasks/${task.id}`).send(task);
    },
  });
}
