/** A world with the API, one person and the recurrence module running, for tests that live with series. */
import type { Task } from '@daymark/core/contract/task.ts';
import { expect } from 'vitest';
import { openSpine } from './fixtures.ts';
import { runRecurrence } from './recurrence.ts';
import { openTaskApi } from './task-api.ts';

/** Each look waits for up to 400 ms; a busy machine needs some. */
const looksMax = 50;

export type SeriesWorld = Awaited<ReturnType<typeof openSeriesWorld>>;

export async function openSeriesWorld() {
  const spine = await openSpine();
  const api = await openTaskApi(spine.app);
  const ada = await spine.person('Ada');
  let running = runRecurrence(spine);

  /** Asks and expects success. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  async function must(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object): Promise<any> {
    const answer = await api.call(ada, method, url, body);
    expect([method, url, answer.status, answer.body]).toEqual([
      method,
      url,
      expect.toSatisfy((s) => s < 300),
      answer.body,
    ]);
    return answer.body;
  }

  /** Completes or skips, and asks again, which changes nothing, while the next instance is still to come. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  async function closed(url: string, body?: object): Promise<any> {
    for (let look = 0; ; look++) {
      const answer = await must('POST', url, body);
      if (answer.next_state !== 'pending' || look === looksMax) return answer;
    }
  }

  return {
    spine,
    api,
    ada,
    must,
    ask: (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) => api.call(ada, method, url, body),
    create: (body: object): Promise<Task> =>
      must('POST', '/tasks', { timezone: 'Europe/Berlin', title: 'Water the plants', ...body }),
    read: (id: string): Promise<Task> => must('GET', `/tasks/${id}`),
    closed,
    /** Completes and answers the next instance, which must come. */
    async completed(task: Pick<Task, 'id'>, completed_at?: string): Promise<Task> {
      const answer = await closed(`/tasks/${task.id}/complete`, completed_at === undefined ? {} : { completed_at });
      expect(answer.next_state).toBe('created');
      return answer.next;
    },
    pause: () => running.stop(),
    resume() {
      running = runRecurrence(spine);
    },
    async close() {
      await running.stop();
      await api.close();
      await spine.close();
    },
  };
}
