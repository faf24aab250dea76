/** One click in a real browser, from which everything follows that the program does: a next instance, its reminder, its delivery. */
import type { Browser } from 'playwright-core';
import { openWindow, patience, rowOf, signUpIn, visit } from '../browser/window.ts';
import { caller, password } from '../people.ts';

/** How long after its making the task is due; its successor's reminder comes a day before that one's date, at this same moment. */
const dueIn_ms = 25_000;
const day_minutes = 24 * 60;
const title = 'Water the plants';

export interface Journey {
  /** What the page or the server complained of. */
  complaints: readonly string[];
  /** The person's own calls. */
  call: ReturnType<typeof caller>;
  taskId: string;
  close(): Promise<void>;
}

/** Signs somebody up, gives them a webhook and a task that repeats, and clicks on its circle. */
export async function clickComplete(browser: Browser, url: string, hookUrl: string): Promise<Journey> {
  const window = await openWindow(browser, url);
  const email = await signUpIn(window, 'Ada Lovelace');
  const session = await caller(url, null)<{ token: string }>('POST', '/api/auth/sign-in/email', { email, password });
  const call = caller(url, session.body.token);
  const must = async <Body>(method: string, path: string, body: unknown): Promise<Body> => {
    const answer = await call<Body>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await must('POST', '/api/v1/webhooks', { name: 'A receiver', url: hookUrl });
  const me = await must<{ channels: object }>('GET', '/api/v1/me', undefined);
  await must('PATCH', '/api/v1/me', { channels: { ...me.channels, webhook: true }, quiet_hours: null });
  const task = await must<{ id: string }>('POST', '/api/v1/tasks', {
    title,
    due_at: new Date(Date.now() + dueIn_ms).toISOString(),
    recurrence: { rrule: 'FREQ=DAILY' },
    reminders: [{ offset_minutes: day_minutes }],
  });
  const { page } = window;
  await visit(page, '/all');
  const circle = rowOf(page, title).getByRole('checkbox');
  await circle.waitFor(patience);
  await circle.click();
  return { complaints: window.complaints, call, taskId: task.id, close: () => window.close() };
}
