import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Task, TaskStatus } from '../contract/task.ts';
import { changedDue, dueSort } from './due.ts';
import { canonicalInstant } from './instant.ts';
import { isPosition } from './position.ts';
import { isOpen, withStatus } from './status.ts';
import { distinctTagNames, tagKey } from './tag-name.ts';
import { tagMatch } from './tag-search.ts';
import { changedFields, taskEventType } from './task-event.ts';
import { depthOf, descendantsOf, heightOf, isWithin, type Node } from './tree.ts';

const plain: Task = {
  id: '01a1fc31-58cd-7d9c-bff0-d9697a2ae483',
  space_id: '01a1fc31-58cd-7d9c-bff0-d9697a2ae484',
  version: 4,
  title: 'Pay rent',
  notes: '',
  status: 'todo',
  priority: null,
  due_at: null,
  due_on: null,
  due_local: null,
  timezone: 'UTC',
  floating: false,
  start_at: null,
  list_id: '01a1fc31-58cd-7d9c-bff0-d9697a2ae485',
  parent_id: null,
  position: 'a0',
  tag_ids: [],
  tag_names: [],
  assignee_id: null,
  series_id: null,
  occurrence: null,
  recurrence: null,
  created_by: '01a1fc31-58cd-7d9c-bff0-d9697a2ae486',
  created_at: '2026-11-01T08:00:00Z',
  updated_at: '2026-11-01T08:00:00Z',
  completed_at: null,
  deleted_at: null,
};

const instants = fc
  .date({ min: new Date('1900-01-02T00:00:00Z'), max: new Date('2200-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const days = instants.map((instant) => instant.slice(0, 10));
const statuses = fc.constantFrom<TaskStatus>('todo', 'in_progress', 'completed', 'cancelled');
const zones = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Pacific/Apia',
  'Asia/Kathmandu',
  'Africa/Cairo',
);

describe('instants', () => {
  test('one instant has one spelling, whatever its offset', () => {
    expect(canonicalInstant('2026-12-01T10:00:00+02:00')).toBe('2026-12-01T08:00:00Z');
    expect(canonicalInstant('2026-12-01T08:00:00.5Z')).toBe('2026-12-01T08:00:00.500Z');
    fc.assert(
      fc.property(instants, (instant) => {
        const canonical = canonicalInstant(instant);
        expect(Date.parse(canonical)).toBe(Date.parse(instant));
        expect(canonicalInstant(canonical)).toBe(canonical);
        expect(canonical).not.toContain('.000');
      }),
    );
  });
});

describe('due dates', () => {
  const due = fc.oneof(
    fc.record({ due_at: instants.map(canonicalInstant), due_on: fc.constant(null) }),
    fc.record({ due_at: fc.constant(null), due_on: fc.option(days) }),
  );
  const change = fc.oneof(
    fc.record({ due_at: fc.option(instants) }, { requiredKeys: [] }),
    fc.record({ due_on: fc.option(days) }, { requiredKeys: [] }),
    fc.record({ due_at: fc.option(instants), due_on: fc.constant(null) }),
  );

  test('never both kinds, and what is named holds after the change', () => {
    fc.assert(
      fc.property(due, change, (before, wanted: { due_at?: string | null; due_on?: string | null }) => {
        const after = changedDue({ ...before, due_local: null, timezone: 'UTC' }, wanted, 'UTC');
        expect(after.due_at === null || after.due_on === null).toBe(true);
        if (wanted.due_at !== undefined) {
          expect(after.due_at).toBe(wanted.due_at === null ? null : canonicalInstant(wanted.due_at));
        }
        if (wanted.due_on !== undefined) expect(after.due_on).toBe(wanted.due_on);
        if (Object.keys(wanted).length === 0) expect(after).toEqual({ ...before, due_local: null });
      }),
    );
  });

  test('a day begins at its first moment in the zone, and days are in order', () => {
    expect(dueSort({ due_at: null, due_on: '2026-07-01', timezone: 'Europe/Berlin' })).toBe('2026-06-30T22:00:00Z');
    // The clocks of Cairo skip the hour after midnight.
    expect(dueSort({ due_at: null, due_on: '2026-04-24', timezone: 'Africa/Cairo' })).toBe('2026-04-23T22:00:00Z');
    expect(dueSort({ due_at: null, due_on: null, timezone: 'UTC' })).toBeNull();
    fc.assert(
      fc.property(days, days, zones, (one, other, timezone) => {
        const place = (due_on: string) => Date.parse(dueSort({ due_at: null, due_on, timezone }) ?? '');
        expect(Math.sign(place(one) - place(other))).toBe(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
  });
});

describe('status', () => {
  test('a task has a time of completion exactly while it is completed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(statuses, instants), { maxLength: 8 }), (steps) => {
        let task = plain;
        for (const [status, at] of steps) {
          const before = task;
          task = withStatus(task, status, at);
          expect(task.status).toBe(status);
          expect(task.completed_at !== null).toBe(status === 'completed');
          if (before.status === status) expect(task).toBe(before);
        }
      }),
    );
  });
});

describe('trees', () => {
  /** A forest: each node's parent is one before it, or none. */
  const forest = fc.array(fc.nat(), { minLength: 1, maxLength: 30 }).map((seeds) =>
    seeds.map(
      (seed, index): Node => ({
        id: `${index}`,
        parent_id: index === 0 || seed % 4 === 0 ? null : `${seed % index}`,
      }),
    ),
  );

  test('depth, height, descendants and being within agree', () => {
    fc.assert(
      fc.property(forest, (nodes) => {
        const find = (id: string) => nodes.find((node) => node.id === id);
        const childrenOf = (id: string) => nodes.filter((node) => node.parent_id === id).map((node) => node.id);
        for (const node of nodes) {
          const parent = node.parent_id === null ? undefined : find(node.parent_id);
          expect(depthOf(node, find)).toBe(parent ? depthOf(parent, find) + 1 : 1);
          const below = descendantsOf(node.id, childrenOf);
          expect(new Set(below)).toEqual(
            new Set(
              nodes.filter((other) => other !== node && isWithin(other.id, node.id, find)).map((other) => other.id),
            ),
          );
          const depths = below.flatMap((id) => find(id) ?? []).map((each) => depthOf(each, find));
          expect(depthOf(node, find) + heightOf(node.id, childrenOf) - 1).toBe(
            Math.max(depthOf(node, find), ...depths),
          );
          for (const [place, id] of below.entries()) {
            const above = find(id)?.parent_id;
            expect(above === node.id || below.indexOf(above ?? '') < place).toBe(true);
          }
        }
      }),
    );
  });

  test('a cycle is found instead of walked for ever', () => {
    const nodes = new Map([
      ['a', { id: 'a', parent_id: 'b' }],
      ['b', { id: 'b', parent_id: 'a' }],
    ]);
    expect(() => depthOf({ id: 'a', parent_id: 'b' }, (id) => nodes.get(id))).toThrow();
  });
});

describe('what an event says', () => {
  const states = fc
    .record({
      title: fc.constantFrom('a', 'b'),
      status: statuses,
      list: fc.constantFrom('x', 'y'),
      deleted: fc.constantFrom(null, '2026-11-02T08:00:00Z'),
      tags: fc.subarray(['t', 'u']),
    })
    .map(
      ({ title, status, list, deleted, tags }): Task => ({
        ...plain,
        title,
        status,
        list_id: list,
        deleted_at: deleted,
        tag_ids: tags,
        tag_names: tags,
      }),
    );

  test('its changes lead from the task before to the task after, and name nothing else', () => {
    fc.assert(
      fc.property(states, states, (before, after) => {
        const changes = changedFields(before, after);
        const played: Record<string, unknown> = { ...before };
        for (const [field, [was, is]] of Object.entries(changes)) {
          expect(played[field]).toEqual(was);
          expect(was).not.toEqual(is);
          played[field] = is;
        }
        expect(played).toEqual(after);
        expect(changedFields(before, before)).toEqual({});
      }),
    );
  });

  test('the strongest kind names it: trash, then status, then place, then fields', () => {
    fc.assert(
      fc.property(states, states, (before, after) => {
        const type = taskEventType(before, after);
        if (before.deleted_at !== after.deleted_at) {
          expect(type).toBe(after.deleted_at ? 'task.trashed' : 'task.restored');
        } else if (before.status !== after.status && !isOpen(after.status)) {
          expect(type).toBe(`task.${after.status}`);
        } else if (isOpen(after.status) && !isOpen(before.status)) {
          expect(type).toBe('task.reopened');
        } else {
          expect(type).toBe(before.list_id !== after.list_id ? 'task.moved' : 'task.updated');
        }
      }),
    );
  });

  test('of what is new it names what is not empty, and of what is gone what it was', () => {
    expect(Object.keys(changedFields(null, plain)).sort()).toEqual([
      'list_id',
      'position',
      'status',
      'timezone',
      'title',
    ]);
    expect(changedFields(plain, null)).toMatchObject({ title: ['Pay rent', null] });
  });
});

describe('tags', () => {
  test('names that differ in case or spelling alone are one tag, and the first one stays', () => {
    expect(tagKey('ＷＯＲＫ')).toBe(tagKey('work'));
    expect(distinctTagNames(['Home', 'HOME', 'work', 'home'])).toEqual(['Home', 'work']);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 })), (names) => {
        const distinct = distinctTagNames(names);
        expect(new Set(distinct.map(tagKey)).size).toBe(distinct.length);
        expect(new Set(names.map(tagKey))).toEqual(new Set(distinct.map(tagKey)));
        expect(distinctTagNames(distinct)).toEqual(distinct);
      }),
    );
  });

  test('a beginning fits best, then a word, then the inside, then a typing error', () => {
    expect(tagMatch('Groceries', 'gro')).toBe(0);
    expect(tagMatch('Weekly groceries', 'Gro')).toBe(1);
    expect(tagMatch('Groceries', 'cer')).toBe(2);
    for (const slip of ['grocreies', 'groecries', 'grceries', 'groxeries', 'grooceries']) {
      expect(tagMatch('Groceries', slip), slip).toBe(3);
    }
    expect(tagMatch('Groceries', 'xyz')).toBeUndefined();
    expect(tagMatch('Home', 'xy')).toBeUndefined();
  });

  test('every beginning of a name finds it first, and one slip in five letters still does', () => {
    const names = fc.string({ unit: fc.constantFrom(...'abcdefgh'), minLength: 5, maxLength: 12 });
    fc.assert(
      fc.property(names, fc.nat(), fc.nat(), (name, cut, slip) => {
        expect(tagMatch(name, name.slice(0, 1 + (cut % name.length)))).toBe(0);
        const place = slip % name.length;
        expect(tagMatch(name, `${name.slice(0, place)}z${name.slice(place + 1)}`)).toBe(3);
        expect(tagMatch(name, name.slice(0, place) + name.slice(place + 1))).toBeDefined();
      }),
    );
  });
});

describe('positions', () => {
  test('well-known ones are accepted, those that nothing fits beside are not', () => {
    for (const position of ['a0', 'Zz', 'a1V', 'b10', 'a0V']) expect(isPosition(position), position).toBe(true);
    for (const position of ['', '0', 'a', 'a00', 'b1', 'a1-', `A${'0'.repeat(26)}`]) {
      expect(isPosition(position), position).toBe(false);
    }
  });
});
