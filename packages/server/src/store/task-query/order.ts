/**
 * Order: several criteria, nulls last in either direction, and at last the id, so that no two tasks are equal. A place in an
 * order is the values of its keys; what lies beyond a place is a condition of SQL.
 */
import { text } from '@daymark/core/contract/primitives.ts';
import { titleCharactersMax } from '@daymark/core/contract/task.ts';
import type { SortCriterion, SortField, TaskQuery } from '@daymark/core/contract/task-query.ts';
import { z } from 'zod';
import type { Parameters } from './parameters.ts';
import { searchOf } from './question.ts';

export interface SortKey {
  /** In the table of tasks, or the rank of a search. */
  readonly column: string;
  readonly type: string;
  readonly collation: string;
  readonly isNullable: boolean;
  readonly direction: 'asc' | 'desc';
  /** What a value of it looks like in a cursor. */
  readonly value: z.ZodType<string | number>;
}

export type Place = readonly (string | number | null)[];

/** PostgreSQL knows no year 0. */
const instant = z.iso.datetime().refine((value) => value >= '0001');
const instantKey = { type: 'timestamptz', collation: '', value: instant };
const keys: Readonly<Record<SortField, Omit<SortKey, 'direction'>>> = {
  priority: { column: 'priority', type: 'smallint', collation: '', isNullable: true, value: z.int().min(1).max(3) },
  due_date: { ...instantKey, column: 'due_sort', isNullable: true },
  title: {
    column: 'title',
    type: 'text',
    collation: ' collate human',
    isNullable: false,
    value: text(titleCharactersMax),
  },
  created: { ...instantKey, column: 'created_at', isNullable: false },
  updated: { ...instantKey, column: 'updated_at', isNullable: false },
  completed: { ...instantKey, column: 'completed_at', isNullable: true },
  deleted: { ...instantKey, column: 'deleted_at', isNullable: true },
  position: { column: 'position', type: 'text', collation: '', isNullable: false, value: text(200) },
};
const idKey = { column: 'id', type: 'uuid', collation: '', isNullable: false, value: z.uuid() };
const rankKey = { column: 'rank', type: 'smallint', collation: '', isNullable: false, value: z.int().min(0).max(100) };

/** By relevance and then the newest first: ids tell time. */
const byRelevance: readonly SortKey[] = [
  { ...rankKey, direction: 'desc' },
  { ...idKey, direction: 'desc' },
];

const criteria = (...named: SortCriterion[]): SortCriterion[] => named;
const inPosition = criteria({ field: 'position', direction: 'asc' });
const lastDeleted = criteria({ field: 'deleted', direction: 'desc' });
const byDue = criteria(
  { field: 'due_date', direction: 'asc' },
  { field: 'priority', direction: 'desc' },
  { field: 'created', direction: 'desc' },
);

/** The keys that a query is sorted by, named or by default. */
export function sortKeysOf(query: TaskQuery): readonly SortKey[] {
  if (!query.sort && searchOf(query)) return byRelevance;
  const named = (query.sort ?? defaultSort(query)).map(({ field, direction }) => ({ ...keys[field], direction }));
  return [...named, { ...idKey, direction: 'asc' }];
}

function defaultSort(query: TaskQuery): readonly SortCriterion[] {
  if (query.deleted) return lastDeleted;
  return query.list_id || query.parent_id ? inPosition : byDue;
}

/** `order by` without these words. */
export function orderBy(sortKeys: readonly SortKey[], table: string): string {
  return sortKeys
    .map(({ column, collation, direction, isNullable }) => {
      // Ascending, nulls are last by themselves; said or not, it must be as the index has it.
      const nulls = isNullable && direction === 'desc' ? ' nulls last' : '';
      return `${table}.${column}${collation}${direction === 'desc' ? ' desc' : ''}${nulls}`;
    })
    .join(', ');
}

/** The condition of what lies beyond a place in the order. */
export function beyond(sortKeys: readonly SortKey[], place: Place, table: string, parameters: Parameters): string {
  const parts = sortKeys.map((key, index) => {
    const expression = `${table}.${key.column}${key.collation}`;
    const value = place[index];
    if (value === null || value === undefined)
      return { isBeyond: 'false', isEqual: `${expression} is null`, bound: `${expression} is null` };
    const parameter = parameters.add(value, key.type);
    const sign = key.direction === 'asc' ? '>' : '<';
    return {
      isBeyond: key.isNullable
        ? `(${expression} ${sign} ${parameter} or ${expression} is null)`
        : `${expression} ${sign} ${parameter}`,
      isEqual: `${expression} = ${parameter}`,
      // Lets an index begin at the place instead of at the first row.
      bound: key.isNullable ? 'true' : `${expression} ${sign}= ${parameter}`,
    };
  });
  const exact = parts.reduceRight(
    (rest, { isBeyond, isEqual }) => (rest === '' ? isBeyond : `(${isBeyond} or ${isEqual} and ${rest})`),
    '',
  );
  return `${parts[0]?.bound ?? 'true'} and ${exact}`;
}
