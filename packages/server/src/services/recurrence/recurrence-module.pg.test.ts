import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { historyRows, instancesOf, runRecurrence, seriesRow, settled } from '../../../test/recurrence.ts';
import { openTaskApi } from '../../../test/task-api.ts';
import type { Running } from '../../kit/running.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;
let ada: TestPerson;
let running: Running;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
  ada = await spine.person('Ada');
  running = runRecurrence(spine);
});
afterAll(async () => {
  await running.stop();
  await api.close();
  await spine.close();
});

const create = async (body: object) => {
  const answer = await api.call(ada, 'POST', '/tasks', { timezone: 'Europe/Berlin', title: 'Pay rent', ...body });
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
};
const post = async (url: string, body?: object) => {
  const answer = await api.call(ada, 'POST', url, body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
};

test('completing an instance answers the next one', async () => {
  const task = await create({
    due_at: '2026-12-01T08:00:00Z',
    priority: 'high',
    tag_names: ['home'],
    recurrence: { rrule: 'FREQ=MONTHLY;BYMONTHDAY=1' },
  });
  expect(task).toMatchObject({
    occurrence: 1,
    due_local: '2026-12-01T09:00:00',
    recurrence: {
      rrule: 'FREQ=MONTHLY;BYMONTHDAY=1',
      mode: 'on_completion',
      missed: 'latest',
      pattern_type: 'monthly',
      day_of_month: 1,
    },
  });
  const answer = await post(`/tasks/${task.id}/complete`, { completed_at: '2026-11-30T08:00:00Z' });
  expect(answer).toMatchObject({
    task: { status: 'completed', occurrence: 1 },
    next_state: 'created',
    next: {
      status: 'todo',
      occurrence: 2,
      series_id: task.series_id,
      due_at: '2027-01-01T08:00:00Z',
      priority: 'high',
      tag_names: ['home'],
      position: task.position,
      list_id: task.list_id,
    },
  });
  expect(await post(`/tasks/${task.id}/complete`)).toEqual(answer);
  expect(await seriesRow(spine, task.series_id)).toMatchObject({ state: 'live', last_occurrence: 2 });
  expect(await historyRows(spine, task.series_id)).toMatchObject([
    { occurrence: 1, state: 'completed', closed_at: '2026-11-30T08:00:00Z' },
    { occurrence: 2, state: 'open', predecessor: 1 },
  ]);
  await settled(spine);
  expect(await instancesOf(spine, task.series_id)).toHaveLength(2);
});
