/** A little of everything that is measured: requests that succeed and fail, live connections, reminders, deliveries, a handler that fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type Client, signUp } from '../people.ts';

const waitMax_ms = 60_000;
/** So many ids that are not there are asked for: a label that took them would show. */
const unknownIds = 150;

export interface Surroundings {
  hookUrl: string;
  /** As the owner of the database. */
  database: pg.Client;
}

/** Does it and leaves a live connection open until `rest` is called. */
export async function workOfADay(url: string, { hookUrl, database }: Surroundings): Promise<{ rest: () => void }> {
  const ada = await signUp(url, 'Ada');
  const socket = await follow(ada);
  await ada.must('POST', '/api/v1/webhooks', { name: 'A receiver', url: hookUrl });
  const me = await ada.must<{ channels: object }>('GET', '/api/v1/me');
  await ada.must('PATCH', '/api/v1/me', { channels: { ...me.channels, webhook: true } });
  for (let count = 0; count < unknownIds; count++) {
    await ada.call('GET', `/api/v1/tasks/${crypto.randomUUID()}`);
    await ada.call('GET', `/nowhere/${crypto.randomUUID()}`);
  }
  await ada.call('POST', '/api/v1/tasks', { title: '' });
  const reminders = [{ at: new Date(Date.now() + 2_000).toISOString() }];
  await ada.must('POST', '/api/v1/tasks', { title: 'Call the harbour', reminders });
  const task = await ada.must<{ id: string }>('POST', '/api/v1/tasks', {
    ...{ title: 'Water the plants', due_on: '2030-01-01', recurrence: { rrule: 'FREQ=DAILY' } },
  });
  await ada.must('POST', `/api/v1/tasks/${task.id}/complete`, {});
  await failOnce(ada, database);
  await until('a delivery', async () => {
    const { rows } = await database.query(`select from deliveries where channel = 'webhook' and state = 'sent'`);
    return rows.length > 0;
  });
  return { rest: () => socket.close() };
}

/** Opens a live connection that follows everything of the person. */
async function follow(person: Client): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${person.bearer}` };
  const address = `${person.url.replace('http', 'ws')}/api/v1/sync/ws`;
  const socket = new WebSocket(address, { headers } as unknown as string[]);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  socket.send(JSON.stringify({ type: 'hello', cursors: {} }));
  return socket;
}

/** A task whose completion the recurrence module cannot note: its event is tried until it is a dead letter. */
async function failOnce(person: Client, database: pg.Client): Promise<void> {
  const task = await person.must<{ id: string }>('POST', '/api/v1/tasks', {
    ...{ title: 'Weigh anchor', due_on: '2030-01-01', recurrence: { rrule: 'FREQ=DAILY' } },
  });
  await database.query(
    `alter table task_checks add constraint refused check (module <> 'recurrence' or task_id <> '${task.id}')`,
  );
  await person.must('POST', `/api/v1/tasks/${task.id}/complete`, {});
  await until('a dead letter', async () => {
    const { rows } = await database.query(`select from dead_letters where consumer = 'recurrence'`);
    return rows.length > 0;
  });
  await database.query('alter table task_checks drop constraint refused');
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + waitMax_ms; !(await holds()); await sleep(100)) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
  }
}
