import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { type RecordingTracing, recordingTracing } from '../../test/recording-tracing.ts';
import { formatTraceparent, noTracing, parseTraceparent } from '../kit/tracing.ts';
import { eventsOfSpace } from '../store/event-log.ts';
import { noteCheck, oldestChecks } from '../store/task-checks.ts';
import { runCommand } from './command.ts';
import { traceOfBatch } from './command-trace.ts';
import { createTask } from './create-task.ts';
import { planChecked } from './plan-reminders.ts';

let spine: Spine;
let ada: TestPerson;
let tracing: RecordingTracing;

beforeAll(async () => {
  spine = await openSpine();
  ada = await spine.person('Ada');
});
afterAll(() => spine?.close());
beforeEach(() => {
  tracing = recordingTracing();
});

const app = () => ({ ...spine.app, tracing });
const worker = () => ({ ...spine.worker, tracing });
const lastEvent = async () => (await eventsOfSpace(spine.databases.worker.sql, ada.spaceId, 0, 10_000)).at(-1);
const someTrace = (digit: string) =>
  formatTraceparent({ traceId: digit.repeat(32), spanId: digit.repeat(16), sampled: true });

test('an event carries the span in which it was appended, below the command, below the request', async () => {
  const request = tracing.begin('request', { kind: 'server' });
  await request.around(() => createTask(app(), ada.intent(), { title: 'Buy milk' }));
  request.end();
  const command = tracing.one('command task.created');
  const append = tracing.one('append to the log');
  expect(command).toMatchObject({ parent: request.traceparent, ended: true, failed: false });
  expect(append).toMatchObject({ parent: command.traceparent, ended: true, failed: false, kind: 'producer' });
  const event = await lastEvent();
  expect(event?.traceparent).toBe(append.traceparent);
  expect(command.attributes['daymark.operation_id']).toBe(event?.operation_id);
  expect(JSON.stringify(tracing.spans)).not.toContain('milk');
});

test('what the program does because of an event goes on in the trace that is given, and in none where there was none', async () => {
  const cause = someTrace('a');
  const system = { ...ada.intent(), personId: null, actorType: 'system' } as const;
  const append = (traceparent: string | null) =>
    runCommand(worker(), { ...system, traceparent }, [ada.spaceId], async (change) => {
      expect(change.traceparent).toBe(tracing.current());
      change.append(ada.spaceId, { type: 'list.created', entityId: randomUUIDv7(), snapshot: null, changes: {} });
    });
  await tracing.span('a loop', { kind: 'internal' }, () => append(cause));
  expect(tracing.one('command list.created').parent).toBe(cause);
  tracing = recordingTracing();
  await tracing.span('a loop', { kind: 'internal' }, () => append(null));
  expect(tracing.one('command list.created').parent).toBeNull();
});

test('events of several causes in one command are appended each in its own trace', async () => {
  const causes = [someTrace('b'), someTrace('c')];
  await runCommand(worker(), { ...ada.intent(), personId: null }, [ada.spaceId], async (change) => {
    for (const traceparent of [...causes, undefined]) {
      const occurrence = { type: 'list.created', entityId: randomUUIDv7(), snapshot: null, changes: {} } as const;
      change.append(ada.spaceId, { ...occurrence, ...(traceparent && { traceparent }) });
    }
  });
  const events = (await eventsOfSpace(spine.databases.worker.sql, ada.spaceId, 0, 10_000)).slice(-3);
  const parents = events.map(
    ({ traceparent }) => tracing.spans.find((span) => span.traceparent === traceparent)?.parent,
  );
  expect(parents).toEqual([...causes, tracing.one('command list.created').traceparent]);
});

test('a command that fails is a span that failed, and leaves no span open', async () => {
  const refused = runCommand(app(), ada.intent(), [ada.spaceId], () => Promise.reject(new Error('no')));
  await expect(refused).rejects.toThrow('no');
  expect(tracing.one('command')).toMatchObject({ failed: true, ended: true });
});

test('an answer that is kept under a key is told as such', async () => {
  const intent = ada.intent({ idempotency: { key: randomUUIDv7(), fingerprint: Buffer.from('x') } });
  await createTask(app(), intent, { title: 'Once' });
  tracing = recordingTracing();
  await createTask(app(), intent, { title: 'Once' });
  expect(tracing.one('command').attributes).toMatchObject({ 'daymark.replayed': true });
});

test('reminders planned for several tasks at once go on each in the trace of its task', async () => {
  const causes = new Map<string, string>();
  for (const digit of ['d', 'e']) {
    const due_at = new Date(Date.now() + 86_400_000).toISOString();
    const task = await createTask(spine.app, ada.intent(), { title: digit, due_at });
    const cause = someTrace(digit);
    causes.set(task.id, cause);
    const event = { event_id: randomUUIDv7(), space_id: ada.spaceId, correlation_id: 'x', traceparent: cause };
    await noteCheck(spine.databases.worker.sql, 'reminders', task.id, event);
  }
  await spine.databases.owner.sql.rows('update people set default_reminder_minutes = 30 where id = $1', [ada.id]);
  const checks = await oldestChecks(spine.databases.worker.sql, 'reminders', 10);
  expect(new Map(checks.map(({ task_id, traceparent }) => [task_id, traceparent]))).toEqual(causes);
  await planChecked(worker(), checks, { planned: () => {} });
  const command = tracing.spans.find((span) => span.name.startsWith('command'));
  expect(command).toMatchObject({ parent: null, links: expect.arrayContaining([...causes.values()]) });
  const reminders = await spine.databases.owner.sql.rows<{ task_id: string; traceparent: string }>(
    'select task_id, traceparent from reminders where task_id = any($1::uuid[])',
    [[...causes.keys()]],
  );
  const traces = reminders.map(({ task_id, traceparent }) => [task_id, parseTraceparent(traceparent)?.traceId]);
  expect(new Map(traces as [string, string][])).toEqual(
    new Map([...causes].map(([id, cause]) => [id, parseTraceparent(cause)?.traceId])),
  );
});

test('work for one cause is in its trace, for several in one that is linked to them, for none in that of the work at hand', () => {
  const [one, other] = [someTrace('1'), someTrace('2')];
  expect(traceOfBatch([{ traceparent: one }, { traceparent: one }, { traceparent: null }])).toEqual({
    traceparent: one,
  });
  expect(traceOfBatch([{ traceparent: one }, { traceparent: other }])).toEqual({
    traceparent: null,
    links: [one, other],
  });
  expect(traceOfBatch([{ traceparent: null }])).toEqual({});
});

test('without tracing an event has no trace', async () => {
  await createTask({ ...spine.app, tracing: noTracing }, ada.intent(), { title: 'Untraced' });
  expect((await lastEvent())?.traceparent).toBeNull();
});
