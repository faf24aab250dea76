/**
 * The state of a view as it stands in the address: what is searched, filtered and sorted, and which task is open.
 * Names are those of `GET /api/v1/tasks`, so an address and a request say the same.
 */
import type { SortField } from '@daymark/core/contract/task-query.ts';

export type ViewSearch = {
  task?: string;
  search?: string;
  status?: string;
  priority?: string;
  tags?: string;
  tags_match?: string;
  list_id?: string;
  space_id?: string;
  assignee_id?: string;
  due_date_start?: string;
  due_date_end?: string;
  overdue?: string;
  sort?: string;
};

export type SortCriterion = { field: SortField; direction: 'asc' | 'desc' };

const keys = [
  'task',
  'search',
  'status',
  'priority',
  'tags',
  'tags_match',
  'list_id',
  'space_id',
  'assignee_id',
  'due_date_start',
  'due_date_end',
  'overdue',
  'sort',
] as const satisfies readonly (keyof ViewSearch)[];

/** What "clear all" sets: every filter and the search to nothing. */
export const clearedFilters = {
  search: undefined,
  status: undefined,
  priority: undefined,
  tags: undefined,
  tags_match: undefined,
  list_id: undefined,
  space_id: undefined,
  assignee_id: undefined,
  due_date_start: undefined,
  due_date_end: undefined,
  overdue: undefined,
} as const;

const sortFields: readonly SortField[] = [
  'priority',
  'due_date',
  'title',
  'created',
  'updated',
  'completed',
  'position',
  'deleted',
];
const valueCharactersMax = 500;

/** Takes from an address what belongs to a view and leaves the rest. */
export function parseViewSearch(raw: Record<string, unknown>): ViewSearch {
  const search: ViewSearch = {};
  for (const key of keys) {
    const value = raw[key];
    if (typeof value === 'string' && value !== '') search[key] = value.slice(0, valueCharactersMax);
  }
  return search;
}

/** `a,b` as a list; nothing as an empty one. */
export const commaSeparated = (value: string | undefined): string[] =>
  value ? value.split(',').filter((part) => part !== '') : [];

/** A list as `a,b`; an empty one as nothing. */
export const joined = (values: readonly string[]): string | undefined =>
  values.length > 0 ? values.join(',') : undefined;

/** How many filters are set; search and sort are not filters. */
export const activeFilters = (search: ViewSearch): number =>
  (Object.keys(clearedFilters) as (keyof typeof clearedFilters)[]).filter(
    (key) => key !== 'tags_match' && key !== 'search' && search[key] !== undefined,
  ).length;

/** `priority_desc,due_date_asc` as criteria; what is not understood is left out. */
export function parseSort(value: string | undefined): SortCriterion[] {
  return commaSeparated(value).flatMap((part) => {
    const [, field, direction] = /^([a-z_]+)_(asc|desc)$/.exec(part) ?? [];
    const known = sortFields.find((name) => name === field);
    return known ? [{ field: known, direction: direction as 'asc' | 'desc' }] : [];
  });
}

export const sortText = (criteria: readonly SortCriterion[]): string | undefined =>
  joined(criteria.map((criterion) => `${criterion.field}_${criterion.direction}`));

/** The query of an address: flat text, no JSON, commas left readable. */
export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') query.set(key, String(value));
  }
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return text === '' ? '' : `?${text}`;
}

export const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));
