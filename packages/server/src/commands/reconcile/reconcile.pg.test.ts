/** The proof can fail: a planted loss, a planted double and a planted orphan are each named, and a log that is lived by is whole. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTimeProgram, type TimeProgram } from '../../../test/time-program.ts';
import { reconcile } from './reconcile.ts';

let program: TimeProgram;
let ada: TimeProgram['ada'];

beforeAll(async () => {
  program = await openTimeProgram();
  ({ ada } = program);
}, 60_000);
afterAll(() => program.close());

/** Nothing is given time: everything that was begun here has come to its end. */
const look = () => reconcile(program.spine.databases.worker, { grace_ms: 0, spaceId: ada.spaceId });
const plant = (text: string, values: unknown[] = []) => program.spine.databases.owner.sql.rows(text, values);

/** Plants something, looks, takes it back; the log must then be whole again. */
async function planted(doing: () => Promise<unknown>, undoing: () => Promise<unknown>) {
  await doing();
  const { findings, line, isWhole } = await look();
  await undoing();
  expect(isWhole).toBe(false);
  expect((await look()).line).toContain('lost 0 · duplicate 0');
  return { findings, line };
}

test('a lived-in log is whole: reminders that reminded, series that went on, tasks that were changed and deleted', async () => {
  // So far ahead that a busy machine has made it by then: what is past when it is made is not told.
  const soon = new Date(Date.now() + 3_000).toISOString();
  const task = await program.make({ title: 'Soon', due_at: soon, reminders: [{ offset_minutes: 0 }, { at: soon }] });
  const later = await program.make({
    title: 'Later',
    due_at: '2100-01-01T08:00:00Z',
    reminders: [{ offset_minutes: 60 }],
  });
  await program.call('PATCH', `/tasks/${later.id}`, { due_at: '2100-01-02T08:00:00Z' });
  const rent = await program.make({
    title: 'Rent',
    due_at: '2026-12-01T08:00:00Z',
    recurrence: { rrule: 'FREQ=MONTHLY;BYMONTHDAY=1' },
  });
  await program.call('POST', `/tasks/${rent.id}/complete`, { completed_at: '2026-12-01T09:00:00Z' });
  await program.until(async () => (await program.instancesOf(rent.series_id)).length === 2);
  await program.until(async () => (await program.notificationsOf(task.id)).length === 2);
  const gone = await program.make({ title: 'Gone' });
  await program.call('DELETE', `/tasks/${gone.id}`);
  await program.call('DELETE', `/tasks/${gone.id}?permanent=true`);
  const report = await look();
  expect(report.findings).toEqual([]);
  expect(report.counts).toMatchObject({ sent: 2, waiting: 1, completed: 1, successors: 1 });
  expect(report.line).toBe(
    'planned 3 · sent 2 · waiting 1 · suppressed 0 · completed 1 · successors 1 · lost 0 · duplicate 0',
  );
});

test('a notification that is taken away is named as lost', async () => {
  const [row] = await plant('select id from notifications where space_id = $1 order by id limit 1', [ada.spaceId]);
  const { id } = row as { id: string };
  const { findings } = await planted(
    async () => {
      await plant('create table kept_n as select * from notifications where id = $1', [id]);
      await plant('create table kept_d as select * from deliveries where notification_id = $1', [id]);
      await plant('delete from notifications where id = $1', [id]);
    },
    async () => {
      await plant('insert into notifications select * from kept_n');
      await plant('insert into deliveries select * from kept_d');
    },
  );
  expect(findings).toContainEqual(expect.objectContaining({ kind: 'lost', what: 'notification', id }));
});

test('a second decision of the same reminder is named as a double', async () => {
  const { findings, line } = await planted(
    async () => {
      await plant('drop index notifications_once');
      await plant(
        `insert into notifications (id, space_id, version, user_id, kind, title, task_id, reminder_id, round, in_app, created_at)
         select gen_random_uuid(), space_id, version, user_id, kind, title, task_id, reminder_id, round, in_app, created_at
         from notifications where space_id = $1 limit 1`,
        [ada.spaceId],
      );
    },
    async () => {
      await plant(
        `delete from notifications where space_id = $1 and not exists (select from deliveries where notification_id = notifications.id)`,
        [ada.spaceId],
      );
      await plant(
        'create unique index notifications_once on notifications (reminder_id, round) where reminder_id is not null',
      );
    },
  );
  expect(findings.map(({ kind, what }) => `${kind} ${what}`)).toContain('duplicate notification');
  expect(line).toContain('duplicate 1');
});

test('a task without an event is named as an orphan, a task without its row as lost, a changed row as different', async () => {
  const { findings } = await planted(
    () =>
      plant(
        `insert into tasks (id, space_id, version, title, status, timezone, list_id, position, created_by, created_at, updated_at)
         select '01a1fc31-58cd-7d9c-bff0-d9697a2ae483', space_id, 999, 'Nobody made this', status, timezone, list_id, position,
           created_by, created_at, updated_at from tasks where space_id = $1 limit 1`,
        [ada.spaceId],
      ),
    () => plant(`delete from tasks where id = '01a1fc31-58cd-7d9c-bff0-d9697a2ae483'`),
  );
  expect(findings).toEqual([expect.objectContaining({ kind: 'orphan', what: 'task' })]);

  const alone = await program.make({ title: 'Alone' });
  const changed = await planted(
    () => plant(`update tasks set title = 'Changed by hand' where id = $1`, [alone.id]),
    () => plant(`update tasks set title = 'Alone' where id = $1`, [alone.id]),
  );
  expect(changed.findings).toEqual([expect.objectContaining({ kind: 'differs', what: 'task', id: alone.id })]);

  const lost = await planted(
    async () => {
      await plant('create table kept_t as select * from tasks where id = $1', [alone.id]);
      await plant('delete from tasks where id = $1', [alone.id]);
    },
    () => plant('insert into tasks select * from kept_t'),
  );
  expect(lost.findings).toEqual([expect.objectContaining({ kind: 'lost', what: 'task', id: alone.id })]);
});

test('a next instance without the reminders of the one before it is named', async () => {
  const task = await program.make({
    title: 'Bins',
    due_at: '2026-12-07T06:00:00Z',
    reminders: [{ offset_minutes: 30 }],
    recurrence: { rrule: 'FREQ=WEEKLY' },
  });
  await program.pauseReminders();
  await program.call('POST', `/tasks/${task.id}/complete`, { completed_at: '2026-12-07T07:00:00Z' });
  await program.until(async () => (await program.instancesOf(task.series_id)).length === 2);
  expect((await look()).findings).toEqual([
    expect.objectContaining({
      kind: 'lost',
      what: 'reminder',
      detail: `instance ${task.id} has reminders, and the next one has none`,
    }),
  ]);
  // One that is closed before reminders are handed on needs none; the one after it does.
  const second = (await program.instancesOf(task.series_id)).find(({ id }) => id !== task.id);
  await program.call('POST', `/tasks/${second?.id}/complete`, { completed_at: '2026-12-14T07:00:00Z' });
  await program.until(async () => (await program.instancesOf(task.series_id)).length === 3);
  const known = [task.id, second?.id];
  const third = (await program.instancesOf(task.series_id)).find(({ id }) => !known.includes(id));
  expect((await look()).findings.map(({ id }) => id)).toEqual([third?.id]);
  program.resumeReminders();
  await program.until(async () => (await look()).isWhole);
});

test('a completed instance without a successor is named as lost, with the date that the rule says', async () => {
  const task = await program.make({
    title: 'Water',
    due_at: '2026-12-05T08:00:00Z',
    recurrence: { rrule: 'FREQ=DAILY' },
  });
  await program.pauseRecurrence();
  await program.call('POST', `/tasks/${task.id}/complete`, { completed_at: '2026-12-05T09:00:00Z' });
  const { findings } = await look();
  expect(findings).toEqual([
    expect.objectContaining({
      kind: 'lost',
      what: 'successor',
      id: task.id,
      detail: expect.stringContaining('the rule says 2026-12-06T'),
    }),
  ]);
  program.resumeRecurrence();
  await program.until(async () => (await program.instancesOf(task.series_id)).length === 2);
  expect((await look()).isWhole).toBe(true);
});

test('a reminder whose moment passed while nobody took it is named as lost', async () => {
  await program.pauseReminders();
  const soon = new Date(Date.now() + 3_000).toISOString();
  const task = await program.make({ title: 'Unheard', due_at: soon, reminders: [{ offset_minutes: 0 }] });
  await program.until(async () => (await look()).totals.lost === 1);
  expect((await look()).findings).toEqual([expect.objectContaining({ kind: 'lost', what: 'reminder' })]);
  program.resumeReminders();
  await program.until(async () => (await program.notificationsOf(task.id)).length === 1);
  expect((await look()).isWhole).toBe(true);
});
