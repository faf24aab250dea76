/**
 * How SQL is spoken: text with numbered parameters, rows as plain objects. Times come as RFC 3339 text in UTC, dates
 * as `YYYY-MM-DD`, bigint as number (versions stay far below 2^53), xid8 as text.
 */
import { createHash } from 'node:crypto';
import type { ClientBase, CustomTypesConfig } from 'pg';
import pg from 'pg';

export interface Sql {
  /** Runs one statement as a prepared one and answers its rows. For texts that do not vary. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * The same for texts put together at run time, of which there are too many to keep: only the first hundred that come again
   * and again are prepared.
   */
  dynamicRows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs one statement and answers how many rows it touched. */
  count(text: string, values?: readonly unknown[]): Promise<number>;
}

const names = new Map<string, string>();

/** A statement's name: a prefix of its text's hash, so that equal texts share one plan on a connection. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
    names.set(text, name);
  }
  return name;
}

const frequentTextsMax = 100;
const countedTextsMax = 1000;
const frequentAfter = 5;
/** How often each text was met that is put together at run time. */
const counts = new Map<string, number>();
const frequentTexts = new Set<string>();

/** Whether a text comes again and again, so that preparing it is worth it. Connections keep what they prepared, so few texts are. */
function isFrequent(text: string): boolean {
  if (frequentTexts.has(text)) return true;
  if (frequentTexts.size === frequentTextsMax) return false;
  const count = (counts.get(text) ?? 0) + 1;
  if (count === frequentAfter) {
    counts.delete(text);
    frequentTexts.add(text);
    return true;
  }
  if (counts.size === countedTextsMax) counts.clear();
  counts.set(text, count);
  return false;
}

/** Speaks SQL on one connection, inside whatever transaction it is in. */
export function sqlOn(client: ClientBase): Sql {
  const rows = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query({ name: nameOf(text), text, values: values as unknown[] })).rows as Row[];
  const dynamicRows = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const query = { text, values: values as unknown[] };
    // What takes no values, such as a savepoint, gains nothing.
    const isPrepared = values.length > 0 && isFrequent(text);
    return (await client.query(isPrepared ? { ...query, name: nameOf(text) } : query)).rows as Row[];
  };
  const count = async (text: string, values: readonly unknown[] = []): Promise<number> =>
    (await client.query({ name: nameOf(text), text, values: values as unknown[] })).rowCount ?? 0;
  return { rows, dynamicRows, count };
}

/**
 * The same until it is ended, then it refuses. What is still at work when its transaction has ended would otherwise speak on a
 * connection that commits each statement by itself, or is somebody else's by now.
 */
export function lendSql(sql: Sql): { sql: Sql; end(): void } {
  let ended = false;
  const refused = () => Promise.reject(new Error('the transaction has ended'));
  return {
    sql: {
      rows: (text, values) => (ended ? refused() : sql.rows(text, values)),
      dynamicRows: (text, values) => (ended ? refused() : sql.dynamicRows(text, values)),
      count: (text, values) => (ended ? refused() : sql.count(text, values)),
    },
    end() {
      ended = true;
    },
  };
}

/** `2026-12-01 08:00:00.5+00` → `2026-12-01T08:00:00.500Z`. The session's zone is UTC, so the offset always is +00. */
export function instantFromPostgres(value: string): string {
  const dot = value.indexOf('.');
  if (dot === -1) return `${value.slice(0, 10)}T${value.slice(11, 19)}Z`;
  const fraction = value.slice(dot + 1, -3);
  return `${value.slice(0, 10)}T${value.slice(11, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

const parsers = new Map<number, (value: string) => unknown>([
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.DATE, (value) => value],
  [pg.types.builtins.TIMESTAMPTZ, instantFromPostgres],
]);

/** The type parsers of every pool. */
export const wireTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format as 'text'),
} as CustomTypesConfig;
