/** One task: made, read, changed, and what happens to it. */
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import {
  EditScope,
  PersonalCompletion,
  PersonalTask,
  TaskChange,
  TaskComplete,
  TaskCreate,
} from '@daymark/core/contract/task.ts';
import { z } from 'zod';
import { cancelTask } from '../../commands/cancel-task.ts';
import type { Commands } from '../../commands/command.ts';
import { completeTask } from '../../commands/complete-task.ts';
import { createTask } from '../../commands/create-task.ts';
import { deleteTask } from '../../commands/delete-task.ts';
import { reopenTask } from '../../commands/reopen-task.ts';
import { restoreTask } from '../../commands/restore-task.ts';
import { skipTask } from '../../commands/skip-task.ts';
import { stopRecurrence } from '../../commands/stop-recurrence.ts';
import { trashTask } from '../../commands/trash-task.ts';
import { updateTask } from '../../commands/update-task.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { findPersonalTask } from '../../store/personal-tasks.ts';
import { awaitNext } from './await-next.ts';
import { etagOf, ifMatchOf } from './entity-tag.ts';
import { callerOf, intentOf } from './intent.ts';
import { NoContent } from './no-content.ts';

const params = z.object({ id: Id });
const tags = ['Tasks'];
const reads = { access: 'signed_in', scope: 'tasks:read', log: { id: 'task_id' } } as const;
const writes = {
  access: 'signed_in',
  scope: 'tasks:write',
  log: { id: 'task_id' },
  takes: ['Idempotency-Key', 'If-Match'],
} as const;
const creates = { ...writes, takes: ['Idempotency-Key'] } as const;

export function taskRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'POST',
    url: '/tasks',
    schema: {
      summary: 'Make a task',
      description:
        'Without `space_id` it goes to the space of the named list or parent, else to the personal space; without `list_id` to the parent’s list, else to the Inbox. Sent again with the same `id` and content it answers the task that is there.',
      tags,
      body: TaskCreate,
      response: { 201: PersonalTask },
    },
    config: creates,
    handler: async (request, reply) => {
      const task = await createTask(app, intentOf(request), request.body);
      return reply.code(201).header('etag', etagOf(task)).header('location', `/api/v1/tasks/${task.id}`).send(task);
    },
  });

  edge.route({
    method: 'GET',
    url: '/tasks/:id',
    schema: { summary: 'A task, also from the trash', tags, params, response: { 200: PersonalTask } },
    config: reads,
    handler: async (request, reply) => {
      const { userId } = callerOf(request);
      const task = await app.db.readAs(userId, (sql) => findPersonalTask(sql, userId, request.params.id));
      if (!task) throw new Problem('not_found', 'There is no such task.');
      return reply.header('etag', etagOf(task)).send(task);
    },
  });

  edge.route({
    method: 'PATCH',
    url: '/tasks/:id',
    schema: {
      summary: 'Change a task',
      description:
        'Only what is named changes; where nothing differs nothing happens. A `status` does what its verb does. Sub-tasks follow to another list; a sub-task put into another list by itself leaves its parent. Of a task that repeats, `scope` says which instances are meant: unless it is given, a due date is moved for `this` one alone and everything else, a `recurrence` too, is for it and those `following`. `recurrence: null` stops the series.',
      tags,
      params,
      querystring: z.strictObject({ scope: EditScope.optional() }),
      body: TaskChange,
      response: { 200: PersonalTask },
    },
    config: writes,
    handler: async (request, reply) => {
      const { params, body, query } = request;
      const task = await updateTask(app, intentOf(request), params.id, body, ifMatchOf(request), query.scope);
      return reply.header('etag', etagOf(task)).send(task);
    },
  });

  edge.route({
    method: 'DELETE',
    url: '/tasks/:id',
    schema: {
      summary: 'Move a task to the trash, or delete it for good',
      description:
        'The trash takes the sub-tasks along and is emptied after 30 days. `permanent=true` deletes what is in the trash already.',
      tags,
      params,
      querystring: z.strictObject({ permanent: z.enum(['true', 'false']).default('false') }),
      response: { 200: PersonalTask, 204: NoContent },
    },
    config: writes,
    handler: async (request, reply) => {
      if (request.query.permanent === 'true') {
        await deleteTask(app, intentOf(request), request.params.id, ifMatchOf(request));
        return reply.code(204).send(null);
      }
      const task = await trashTask(app, intentOf(request), request.params.id, ifMatchOf(request));
      return reply.header('etag', etagOf(task)).send(task);
    },
  });

  edge.route({
    method: 'POST',
    url: '/tasks/:id/complete',
    schema: {
      summary: 'Complete a task and what is open below it',
      description:
        'Completing twice answers the same and does nothing. Of a task that repeats, the answer has the next instance where that is there at once.',
      tags,
      params,
      body: TaskComplete,
      response: { 200: PersonalCompletion },
    },
    config: writes,
    handler: async (request, reply) => {
      const { completed_at } = request.body;
      const intent = intentOf(request);
      const answer = await completeTask(app, intent, request.params.id, completed_at, ifMatchOf(request));
      return reply.header('etag', etagOf(answer.task)).send(await awaitNext(app, intent.personId, answer));
    },
  });

  edge.route({
    method: 'POST',
    url: '/tasks/:id/skip',
    schema: {
      summary: 'Skip one instance of a task that repeats',
      description: 'It is cancelled, and the next one comes as if it had been completed now.',
      tags,
      params,
      response: { 200: PersonalCompletion },
    },
    config: writes,
    handler: async (request, reply) => {
      const intent = intentOf(request);
      const answer = await skipTask(app, intent, request.params.id, ifMatchOf(request));
      return reply.header('etag', etagOf(answer.task)).send(await awaitNext(app, intent.personId, answer));
    },
  });

  const verbs = [
    { url: '/tasks/:id/reopen', summary: 'Open a closed task again', run: reopenTask },
    {
      url: '/tasks/:id/stop-recurrence',
      summary: 'Stop the series of a task; the task stays and does not repeat any more',
      run: stopRecurrence,
    },
    { url: '/tasks/:id/cancel', summary: 'Cancel a task and what is open below it', run: cancelTask },
    {
      url: '/tasks/:id/restore',
      summary: 'Take a task out of the trash, with what went there together with it',
      run: restoreTask,
    },
  ] as const;
  for (const { url, summary, run } of verbs) {
    edge.route({
      method: 'POST',
      url,
      schema: { summary, tags, params, response: { 200: PersonalTask } },
      config: writes,
      handler: async (request, reply) => {
        const task = await run(app, intentOf(request), request.params.id, ifMatchOf(request));
        return reply.header('etag', etagOf(task)).send(task);
      },
    });
  }
}
