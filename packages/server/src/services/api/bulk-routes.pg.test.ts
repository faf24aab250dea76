import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { type Answer, openTaskApi } from '../../../test/task-api.ts';
import { eventsOfSpace } from '../../store/event-log.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;
let ada: TestPerson;
let ben: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
  ada = await spine.person('Ada');
  ben = await spine.person('Ben');
});
afterAll(async () => {
  await api.close();
  await spine.close();
});

interface Result {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: results have the body of whatever was asked.
  body: any;
}

const make = async (body: object = {}) => (await api.call(ada, 'POST', '/tasks', { title: 'A task', ...body })).body;
const read = async (id: string) => (await api.call(ada, 'GET', `/tasks/${id}`)).body;
const bulk = (operations: object[], options: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  api.call(ada, 'POST', '/tasks/bulk', { operations, ...options }, headers);
const statuses = (answer: Answer): number[] => answer.body.results.map((result: Result) => result.status);

async function eventsOf(work: () => Promise<unknown>): Promise<string[]> {
  const [head] = await spine.databases.worker.sql.rows<{ head_version: number }>(
    'select head_version from spaces where id = $1',
    [ada.spaceId],
  );
  await work();
  const events = await eventsOfSpace(spine.databases.worker.sql, ada.spaceId, head?.head_version ?? 0, 5000);
  return events.map((event) => event.event_type);
}

test('each operation is answered as its own request would be, and they see one another', async () => {
  const [a, b, c, d] = [await make(), await make(), await make(), await make({ status: 'completed' })];
  await api.call(ada, 'DELETE', `/tasks/${c.id}`);
  const id = randomUUIDv7();
  let answer: Answer | undefined;
  const types = await eventsOf(async () => {
    answer = await bulk([
      { op: 'create', body: { id, title: 'New', tag_names: ['bulk'] } },
      { op: 'create', body: { title: 'Below', parent_id: id } },
      { op: 'update', id, body: { title: 'Newer' } },
      { op: 'complete', id, body: { completed_at: '2026-10-01T08:00:00Z' } },
      { op: 'update', id: a.id, body: { tag_names: ['BULK'] }, if_match: a.version },
      { op: 'cancel', id: b.id },
      { op: 'reopen', id: d.id },
      { op: 'delete', id: c.id },
      { op: 'trash', id: a.id },
      { op: 'restore', id: a.id },
      { op: 'complete', id },
    ]);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  });
  if (!answer) throw new Error('no answer');
  expect(statuses(answer)).toEqual([201, 201, 200, 200, 200, 200, 200, 204, 200, 200, 200]);
  expect(types).toEqual([
    'tag.created',
    'task.created',
    'task.created',
    'task.updated',
    'task.completed',
    'task.completed',
    'task.updated',
    'task.cancelled',
    'task.reopened',
    'task.deleted',
    'task.trashed',
    'task.restored',
  ]);
  const results = answer.body.results as Result[];
  expect(results[3]?.body).toMatchObject({ task: { title: 'Newer', status: 'completed' }, next_state: 'ended' });
  expect(results[10]?.body).toEqual(results[3]?.body);
  expect(await read(id)).toEqual(results[3]?.body.task);
  expect(await read(a.id)).toEqual(results[9]?.body);
  expect(results[9]?.body.tag_names).toEqual(['bulk']);
  expect((await read(results[1]?.body.id)).status).toBe('completed');
});

test('atomic: one failure stores nothing and says which it was', async () => {
  const task = await make();
  const types = await eventsOf(async () => {
    const answer = await bulk([
      { op: 'create', body: { title: 'New' } },
      { op: 'update', id: task.id, body: { title: 'Changed' } },
      { op: 'update', id: randomUUIDv7(), body: { title: 'Missing' } },
      { op: 'trash', id: task.id },
    ]);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'operation_failed' });
    expect(statuses(answer)).toEqual([424, 424, 404, 424]);
    expect(answer.body.results[2].body).toMatchObject({ code: 'not_found' });
  });
  expect(types).toEqual([]);
  expect(await read(task.id)).toEqual(task);
});

test('not atomic: what can be done is done, what fails leaves no trace', async () => {
  const task = await make();
  const full = await make();
  for (let depth = 2, parent = full.id; depth <= 5; depth++) parent = (await make({ parent_id: parent })).id;
  let answer: Answer | undefined;
  const types = await eventsOf(async () => {
    answer = await bulk(
      [
        { op: 'create', body: { title: '' } },
        { op: 'create', body: { title: 'New', tag_names: ['unused'], position: '00' } },
        { op: 'update', id: task.id, body: { title: 'Changed' }, if_match: task.version + 1000 },
        { op: 'update', id: task.id, body: { title: 'Changed', nonsense: 1 } },
        { op: 'update', id: task.id, body: { tag_names: ['never-made'], assignee_id: ben.id } },
        { op: 'update', id: full.id, body: { parent_id: task.id, tag_names: ['never-made'] } },
        { op: 'complete' },
        { op: 'delete', id: task.id },
        { op: 'trash', id: task.id, body: { why: 'because' } },
        { op: 'create', body: { title: 'Foreign', space_id: ben.spaceId } },
        { op: 'create', id: task.id, body: { title: 'Taken' } },
        { op: 'update', id: task.id, body: { title: 'Done' } },
      ],
      { atomic: false },
    );
  });
  if (!answer) throw new Error('no answer');
  expect(answer.status).toBe(200);
  expect(statuses(answer)).toEqual([400, 400, 412, 400, 400, 409, 400, 409, 400, 404, 409, 200]);
  expect(answer.body.results[2].body).toMatchObject({ code: 'version_conflict', current: task });
  expect(types).toEqual(['task.updated']);
  expect(await read(task.id)).toMatchObject({ title: 'Done', tag_names: [] });
  expect((await read(full.id)).parent_id).toBeNull();
});

test('an id that is taken by somebody else fails by itself', async () => {
  const foreign = (await api.call(ben, 'POST', '/tasks', { title: 'Ben’s' })).body;
  const answer = await bulk(
    [
      { op: 'create', body: { id: foreign.id, title: 'Ben’s' } },
      { op: 'update', id: foreign.id, body: { title: 'Mine' } },
      { op: 'create', body: { title: 'Fine' } },
    ],
    { atomic: false },
  );
  expect(statuses(answer)).toEqual([409, 404, 201]);
  expect(answer.body.results[0].body).not.toHaveProperty('current');
});

test('operations reach all spaces of the caller, each by its role there', async () => {
  const cleo = await spine.person('Cleo');
  const dan = await spine.person('Dan');
  await spine.join(cleo.spaceId, dan.id, 'editor');
  await spine.join(ada.spaceId, dan.id, 'viewer');
  const task = await make();
  const answer = await api.call(dan, 'POST', '/tasks/bulk', {
    atomic: false,
    operations: [
      { op: 'create', body: { title: 'Own' } },
      { op: 'create', body: { title: 'Shared', space_id: cleo.spaceId } },
      { op: 'create', body: { title: 'Shared', list_id: cleo.inboxId } },
      { op: 'create', body: { title: 'Seen only', space_id: ada.spaceId } },
      { op: 'update', id: task.id, body: { title: 'Seen only' } },
    ],
  });
  expect(statuses(answer)).toEqual([201, 201, 201, 403, 403]);
  expect(answer.body.results.slice(0, 3).map((result: Result) => result.body.space_id)).toEqual([
    dan.spaceId,
    cleo.spaceId,
    cleo.spaceId,
  ]);
});

test('an operation with a key is done once, in one request and in the next', async () => {
  const key = randomUUIDv7();
  const operation = { op: 'create', body: { title: 'Once' }, idempotency_key: key };
  let first: Answer | undefined;
  const types = await eventsOf(async () => {
    first = await bulk([operation, operation, { op: 'create', body: { title: 'Other' } }]);
    const second = await bulk([operation, { ...operation, body: { title: 'Else' } }], { atomic: false });
    expect(second.body.results[0]).toEqual(first.body.results[0]);
    expect(second.body.results[1].body).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
  });
  expect(first?.body.results[1]).toEqual(first?.body.results[0]);
  expect(types).toEqual(['task.created', 'task.created']);
});

test('ten bulk requests with the same keys at the same time do each operation once', async () => {
  const operations = Array.from({ length: 10 }, (_, place) => ({
    op: 'create',
    body: { title: `Task ${place}` },
    idempotency_key: randomUUIDv7(),
  }));
  let answers: Answer[] = [];
  const types = await eventsOf(async () => {
    answers = await Promise.all(Array.from({ length: 10 }, () => bulk(operations)));
  });
  expect(types).toHaveLength(10);
  for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body);
});

test('500 operations are one transaction with one event each and dense versions; 501 are refused', async () => {
  const operations = Array.from({ length: 500 }, (_, place) => ({
    op: 'create',
    body: { title: `Task ${place}`, tag_names: [`tag ${place % 7}`] },
  }));
  let answer: Answer | undefined;
  const types = await eventsOf(async () => {
    answer = await bulk(operations, {}, { 'idempotency-key': randomUUIDv7() });
    expect(answer.status, JSON.stringify(answer.body).slice(0, 500)).toBe(200);
  });
  expect(types.filter((type) => type === 'task.created')).toHaveLength(500);
  expect(types.filter((type) => type === 'tag.created')).toHaveLength(7);
  const results: Result[] = answer?.body.results ?? [];
  const positions = results.map((result) => result.body.position);
  expect(positions).toEqual(positions.toSorted());
  expect(new Set(positions).size).toBe(500);
  expect((await bulk([...operations, ...operations.slice(0, 1)])).status).toBe(400);
});
