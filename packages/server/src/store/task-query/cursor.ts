/**
 * The cursor of a list: the place of the last task of a page in the order of its query, and a digest of the query. It is
 * opaque, but not secret and not signed: its values are checked and go into the statement as parameters, so whoever makes one
 * up begins reading somewhere else in what they may see anyway.
 */
import { createHash } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import type { Place, SortKey } from './order.ts';
import type { TaskQuestion } from './question.ts';

const digestCharacters = 12;

/** The same for two pages of one query, different for another filter, order or person. */
function digestOf({ personId, query }: TaskQuestion, sortKeys: readonly SortKey[]): string {
  const { limit: _limit, offset: _offset, cursor: _cursor, total: _total, sort: _sort, ...filters } = query;
  const order = sortKeys.map(({ column, direction }) => [column, direction]);
  const text = JSON.stringify([personId, Object.entries(filters).sort(([a], [b]) => (a < b ? -1 : 1)), order]);
  return createHash('sha256').update(text).digest('base64url').slice(0, digestCharacters);
}

export function cursorAt(question: TaskQuestion, sortKeys: readonly SortKey[], place: Place): string {
  return Buffer.from(JSON.stringify([digestOf(question, sortKeys), ...place])).toString('base64url');
}

/** The place that a cursor names. Throws Problem `validation_failed` when it is not of this query. */
export function placeOf(question: TaskQuestion, sortKeys: readonly SortKey[], cursor: string): Place {
  const values = sortKeys.map((key) => (key.isNullable ? key.value.nullable() : key.value));
  const parsed = z.tuple([z.literal(digestOf(question, sortKeys)), ...values]).safeParse(readJson(cursor));
  if (!parsed.success) {
    const message = 'is not a cursor of this query: filters and sort must be those of the page before';
    throw new Problem('validation_failed', `cursor: ${message}`, { errors: [{ path: 'cursor', message }] });
  }
  return parsed.data.slice(1) as (string | number | null)[];
}

function readJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
