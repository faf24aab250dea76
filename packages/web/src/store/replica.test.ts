import { describe, expect, test } from 'vitest';
import type { IncomingChange } from './apply-changes.ts';
import type { Space, Tag, Task } from './entities.ts';
import { inverseOf } from './inverse.ts';
import type { Operation } from './operations.ts';
import {
  catchUp,
  confirm,
  emptyReplica,
  enqueue,
  knowSpaces,
  leaveSpace,
  type Mutation,
  type Replica,
  refuse,
  replaceSpace,
} from './replica.ts';

const space = 'space-1';
const acting = { userId: 'ada', zone: 'Europe/Berlin', at: '2026-11-21T13:00:00Z' };

const task = (id: string, version: number, more: Partial<Task> = {}): Task => ({
  id,
  space_id: space,
  version,
  title: id,
  notes: '',
  status: 'todo',
  priority: null,
  due_at: null,
  due_on: null,
  due_local: null,
  timezone: 'Europe/Berlin',
  floating: false,
  start_at: null,
  list_id: 'inbox',
  parent_id: null,
  position: 'a0',
  tag_ids: [],
  tag_names: [],
  assignee_id: null,
  series_id: null,
  occurrence: null,
  recurrence: null,
  created_by: 'ada',
  created_at: '2026-11-20T08:00:00Z',
  updated_at: '2026-11-20T08:00:00Z',
  completed_at: null,
  deleted_at: null,
  ...more,
});

const changed = (data: Task) => ({
  version: data.version,
  type: 'task.updated',
  entity: 'task' as const,
  id: data.id,
  data,
});
const mutation = (id: string, ...operations: Operation[]): Mutation => ({ id, operations, acting });
const start = (...tasks: Task[]): Replica =>
  replaceSpace(emptyReplica, space, tasks.map(changed), { version: 10, epoch: 1 });
const received = (replica: Replica, change: IncomingChange): Replica =>
  catchUp(replica, space, [change], { version: change.version, epoch: 1 });

describe('receiving', () => {
  test('a change is applied and the cursor moves', () => {
    const replica = received(start(task('a', 3)), changed(task('a', 11, { title: 'new' })));
    expect(replica.cursors[space]?.version).toBe(11);
    expect(replica.shown.tasks.a?.title).toBe('new');
  });

  test('a snapshot removes what it does not name', () => {
    const replica = replaceSpace(start(task('a', 3), task('b', 4)), space, [changed(task('b', 4))], {
      version: 20,
      epoch: 2,
    });
    expect(Object.keys(replica.shown.tasks)).toEqual(['b']);
    expect(replica.cursors[space]).toEqual({ version: 20, epoch: 2 });
  });

  test('a catch-up never puts an older task over a newer one', () => {
    const ahead = confirm(start(task('a', 3)), 'none', [task('a', 12, { title: 'answered' })]);
    expect(
      catchUp(ahead, space, [changed(task('a', 11, { title: 'older' }))], { version: 11, epoch: 1 }).shown.tasks.a
        ?.title,
    ).toBe('answered');
  });

  test('a renamed tag is renamed on every task that carries it', () => {
    const tag = { id: 't1', space_id: space, version: 11, name: 'Home', created_at: '', updated_at: '' } satisfies Tag;
    const before = start(task('a', 3, { tag_ids: ['t0', 't1'], tag_names: ['x', 'home'] }), task('b', 4));
    const replica = received(before, { version: 11, type: 'tag.renamed', entity: 'tag', id: 't1', data: tag });
    expect(replica.shown.tasks.a?.tag_names).toEqual(['x', 'Home']);
    expect(replica.shown.tasks.b).toBe(before.shown.tasks.b);
  });

  test('a space that was left leaves nothing behind', () => {
    const replica = leaveSpace(start(task('a', 3)), space);
    expect(replica.shown.tasks).toEqual({});
    expect(replica.cursors).toEqual({});
  });

  test('a tag that was merged into another leaves the tasks to their own changes', () => {
    const before = start(task('a', 3, { tag_ids: ['t1'], tag_names: ['x'] }));
    const retagged = received(before, changed(task('a', 11, { tag_ids: ['t2'], tag_names: ['y'] })));
    const merged = received(retagged, { version: 12, type: 'tag.merged', entity: 'tag', id: 't1', data: null });
    expect(merged.shown.tasks.a).toMatchObject({ tag_ids: ['t2'], tag_names: ['y'] });
  });

  test('a list of spaces that is older than a space that was read does not take it away', () => {
    const replica = knowSpaces(start(task('a', 3)), []);
    expect(Object.keys(replica.shown.tasks)).toEqual(['a']);
  });

  test('a space of which only the list knew goes when the list names it no longer', () => {
    const listed = knowSpaces(emptyReplica, [
      {
        id: space,
        version: 1,
        kind: 'shared',
        name: 'Crew',
        role: 'viewer',
        inbox_id: 'inbox',
        created_at: '',
        updated_at: '',
      } satisfies Space,
    ]);
    expect(Object.keys(listed.shown.spaces)).toEqual([space]);
    expect(knowSpaces(listed, []).shown.spaces).toEqual({});
  });
});

describe('acting', () => {
  test('an action shows at once and survives changes from elsewhere to other fields', () => {
    const acted = enqueue(start(task('a', 3)), mutation('m1', { op: 'task.update', id: 'a', body: { title: 'mine' } }));
    expect(acted.shown.tasks.a?.title).toBe('mine');
    const replica = received(acted, changed(task('a', 11, { title: 'theirs', priority: 'high' })));
    expect(replica.shown.tasks.a).toMatchObject({ title: 'mine', priority: 'high' });
    expect(replica.base.tasks.a?.title).toBe('theirs');
  });

  test('a refused action is taken back, later ones stay', () => {
    const first = enqueue(start(task('a', 3)), mutation('m1', { op: 'task.update', id: 'a', body: { title: 'one' } }));
    const second = enqueue(first, mutation('m2', { op: 'task.update', id: 'a', body: { priority: 'low' } }));
    expect(refuse(second, 'm1').shown.tasks.a).toMatchObject({ title: 'a', priority: 'low' });
  });

  test('a confirmed action becomes the base', () => {
    const acted = enqueue(
      start(),
      mutation('m1', {
        op: 'task.create',
        id: 'n',
        body: { id: 'n', space_id: space, list_id: 'inbox', title: 'New' },
      }),
    );
    expect(acted.shown.tasks.n?.title).toBe('New');
    const confirmed = confirm(acted, 'm1', [task('n', 11, { title: 'New' })]);
    expect(confirmed.pending).toEqual([]);
    expect(confirmed.base.tasks.n?.version).toBe(11);
  });

  test('completing a task completes its open sub-tasks only', () => {
    const family = start(
      task('p', 1),
      task('c1', 2, { parent_id: 'p' }),
      task('c2', 3, { parent_id: 'p', status: 'cancelled' }),
    );
    const { shown } = enqueue(family, mutation('m1', { op: 'task.complete', id: 'p', at: acting.at }));
    expect([shown.tasks.p?.status, shown.tasks.c1?.status, shown.tasks.c2?.status]).toEqual([
      'completed',
      'completed',
      'cancelled',
    ]);
  });

  test('a due date of one kind replaces the other', () => {
    const dated = start(task('a', 1, { due_at: '2026-12-01T08:00:00Z' }));
    const { shown } = enqueue(dated, mutation('m1', { op: 'task.update', id: 'a', body: { due_on: '2026-12-02' } }));
    expect(shown.tasks.a).toMatchObject({ due_at: null, due_on: '2026-12-02' });
  });
});

describe('undoing', () => {
  const undoes = (before: Replica, operation: Operation): Replica => {
    const inverse = inverseOf(before.shown, operation);
    return enqueue(enqueue(before, mutation('m1', operation)), mutation('m2', ...inverse));
  };
  const withoutTimes = (tasks: Readonly<Record<string, Task>>) =>
    Object.values(tasks).map(({ updated_at: _at, ...rest }) => rest);

  const family = start(
    task('p', 1, {
      due_at: '2026-12-01T08:00:00Z',
      due_local: '2026-12-01T09:00:00',
      priority: 'high',
      status: 'in_progress',
    }),
    task('c', 2, { parent_id: 'p' }),
  );
  const operations: Operation[] = [
    { op: 'task.complete', id: 'p', at: acting.at },
    { op: 'task.cancel', id: 'p' },
    { op: 'task.trash', id: 'p' },
    { op: 'task.update', id: 'p', body: { due_on: '2026-12-02', title: 'other', priority: null } },
    { op: 'task.update', id: 'p', body: { due_at: null } },
  ];
  for (const operation of operations) {
    test(`${operation.op} followed by its inverse leaves everything as it was`, () => {
      expect(withoutTimes(undoes(family, operation).shown.tasks)).toEqual(withoutTimes(family.shown.tasks));
    });
  }

  test('a created task goes to the trash when undone', () => {
    const created: Operation = {
      op: 'task.create',
      id: 'n',
      body: { id: 'n', space_id: space, list_id: 'inbox', title: 'New' },
    };
    expect(undoes(family, created).shown.tasks.n?.deleted_at).toBe(acting.at);
  });

  test('deleting for ever cannot be undone', () => {
    expect(inverseOf(family.shown, { op: 'task.delete', id: 'p' })).toEqual([]);
  });
});
