/** One click in a real browser, from which everything follows that the program does: a next instance, its reminder, its delivery. */
import type { Browser } from 'playwright-core';
import type { Span } from '../../tools/engines/otlp/span.ts';
import { openWindow, patience, rowOf, signUpIn, visit } from '../browser/window.ts';
import { caller, password } from '../people.ts';
import { inTrace, rootsOf } from './service-map.ts';

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
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
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

/** The trace of the click that a webhook came of; empty while there is none. */
export function clickedTrace(spans: readonly Span[]): Span[] {
  const clicks = new Set(spans.filter(isClick).map((span) => span.traceId));
  const delivered = spans.find((span) => span.name === 'deliver webhook' && clicks.has(span.traceId));
  return delivered ? inTrace(spans, delivered.traceId) : [];
}

const isClick = (span: Span): boolean => span.service === 'daymark-browser' && span.name === 'click';

/** What has to have come of the click for the trace to be whole. Its spans arrive from many processes, in any order. */
const parts = [
  /^POST$/,
  /^POST \/api\/v1\/tasks\/:id\/complete$/,
  /^command task\.completed$/,
  /^fan out task\.completed$/,
  /^recurrence task\.completed$/,
  /^command task\.created$/,
  /^reminders task\.created$/,
  /^command reminder\.planned$/,
  /^fire a reminder$/,
  /^deliver webhook$/,
  /^command delivery\.sent$/,
  /^audit delivery\.sent$/,
  /^fan out delivery\.sent$/,
];

/** Whether all parts of the trace are there, and no span lacks the one above it. */
export function isWhole(trace: readonly Span[]): boolean {
  const names = trace.map((span) => span.name);
  return parts.every((part) => names.some((name) => part.test(name))) && rootsOf(trace).length === 1;
}
