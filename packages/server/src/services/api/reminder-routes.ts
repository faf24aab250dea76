/** The caller's own reminders on a task. */
import { Id } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { Reminder, RemindersChange } from '@daymark/core/contract/reminder.ts';
import { z } from 'zod';
import type { Commands } from '../../commands/command.ts';
import { setReminders } from '../../commands/set-reminders.ts';
import type { Edge } from '../../kit/http/edge.ts';
import { findPersonalTask } from '../../store/personal-tasks.ts';
import { callerOf, intentOf } from './intent.ts';

const params = z.object({ id: Id });
const tags = ['Reminders'];
const Reminders = z.object({ items: z.array(Reminder), next_cursor: z.null() });

export function reminderRoutes(edge: Edge, { app }: { app: Commands }): void {
  edge.route({
    method: 'GET',
    url: '/tasks/:id/reminders',
    schema: {
      summary: 'The caller’s reminders on a task, the earliest first',
      description: 'Nobody sees the reminders of others.',
      tags,
      params,
      response: { 200: Reminders },
    },
    config: { access: 'signed_in', scope: 'tasks:read', log: { id: 'task_id' } },
    handler: async (request) => {
      const { userId } = callerOf(request);
      const task = await app.db.readAs(userId, (sql) => findPersonalTask(sql, userId, request.params.id));
      if (!task) throw new Problem('not_found', 'There is no such task.');
      return { items: task.reminders, next_cursor: null };
    },
  });

  edge.route({
    method: 'PUT',
    url: '/tasks/:id/reminders',
    schema: {
      summary: 'Set the caller’s reminders on a task',
      description:
        'All of them: those that are not named are taken back; an empty list means no reminder at all, not even the default one. A viewer of the space may too.',
      tags,
      params,
      body: RemindersChange,
      response: { 200: Reminders },
    },
    config: { access: 'signed_in', scope: 'tasks:write', log: { id: 'task_id' }, takes: ['Idempotency-Key'] },
    handler: async (request) => {
      const task = await setReminders(app, intentOf(request), request.params.id, request.body);
      return { items: task.reminders, next_cursor: null };
    },
  });
}
