/** The routes of tasks, lists and tags on an edge of their own, asked as one person or another. */
import type { Commands } from '../src/commands/command.ts';
import { bulkRoutes } from '../src/services/api/bulk-routes.ts';
import { historyRoutes } from '../src/services/api/history-routes.ts';
import { markReplayedAnswers } from '../src/services/api/intent.ts';
import { listRoutes } from '../src/services/api/list-routes.ts';
import { notificationRoutes } from '../src/services/api/notification-routes.ts';
import { recurrenceRoutes } from '../src/services/api/recurrence-routes.ts';
import { reminderRoutes } from '../src/services/api/reminder-routes.ts';
import { seriesRoutes } from '../src/services/api/series-routes.ts';
import { tagRoutes } from '../src/services/api/tag-routes.ts';
import { taskQueryRoutes } from '../src/services/api/task-query-routes.ts';
import { taskRoutes } from '../src/services/api/task-routes.ts';
import { signedIn, testEdge } from './edge.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  body: any;
}

/** `call` asks as the person whose id is given. */
export async function openTaskApi(app: Commands) {
  const { app: edge } = await testEdge({}, async (request) => ({
    ...signedIn,
    userId: String(request.headers['x-person']),
  }));
  await edge.register(async (routes: typeof edge) => {
    markReplayedAnswers(routes);
    taskQueryRoutes(routes, { app });
    taskRoutes(routes, { app });
    reminderRoutes(routes, { app });
    notificationRoutes(routes, { app });
    recurrenceRoutes(routes);
    seriesRoutes(routes, { app });
    bulkRoutes(routes, { app });
    historyRoutes(routes, { app });
    listRoutes(routes, { app });
    tagRoutes(routes, { app });
  });
  async function call(
    person: { id: string },
    method: Method,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await edge.inject({
      method,
      url,
      headers: { 'x-person': person.id, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body === '' ? undefined : response.json(),
    };
  }
  return { call, close: () => edge.close() };
}
