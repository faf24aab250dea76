import { expect, test } from 'vitest';
import { words } from '../text/words.ts';
import { createActions } from './actions.ts';
import type { Space, Task } from './entities.ts';
import { emptyReplica, knowSpaces, learnTasks } from './replica.ts';
import { createDaymarkStore } from './task-store.ts';
import { createUiStore } from './ui-store.ts';

const space = (id: string, role: Space['role']) =>
  ({
    id,
    version: 1,
    kind: 'shared',
    name: id,
    role,
    inbox_id: `${id}-inbox`,
    created_at: '',
    updated_at: '',
  }) as Space;
const task = (id: string, spaceId: string) =>
  ({
    id,
    space_id: spaceId,
    list_id: `${spaceId}-inbox`,
    version: 1,
    title: id,
    tag_ids: [],
    tag_names: [],
  }) as never as Task;

/** Someone who may change one space and only look at another, with a task in each. */
function given() {
  const store = createDaymarkStore();
  const ui = createUiStore();
  const spaces = knowSpaces(emptyReplica, [space('mine', 'editor'), space('theirs', 'viewer')]);
  const replica = learnTasks(spaces, [task('a', 'mine'), task('b', 'theirs')]);
  store.setState({ replica, session: 'signed-in', me: { id: 'ada', timezone: 'UTC' } as never });
  const actions = createActions({ store, ui, outbox: () => ({ kick: () => undefined }), now: () => 0 });
  const done = () =>
    store.getState().replica.pending.flatMap(({ operations }) => operations.map((one) => 'id' in one && one.id));
  return { actions, done, said: () => ui.getState().toast?.text };
}

test('a viewer changes nothing and is told why', () => {
  const { actions, done, said } = given();
  actions.changeTasks(['b'], { title: 'other' }, { say: 'Changed' });
  actions.createTask({ title: 'new', space_id: 'theirs', list_id: 'theirs-inbox' }, { say: 'Added' });
  expect(done()).toEqual([]);
  expect(said()).toBe(words.errors.forbidden);
});

test('of tasks in several spaces those are changed that the person may change', () => {
  const { actions, done, said } = given();
  actions.trashTasks(['a', 'b']);
  expect(done()).toEqual(['a']);
  expect(said()).toBe(words.errors.forbidden);
});

test('an editor is not kept from anything', () => {
  const { actions, done, said } = given();
  actions.trashTasks(['a']);
  expect(done()).toEqual(['a']);
  expect(said()).toBe(words.toast.trashed);
});
