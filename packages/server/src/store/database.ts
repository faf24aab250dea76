/**
 * A database as one login sees it: a pool and the transactions on it. Connections pipeline: statements that do not
 * wait for one another's answer share a round trip.
 */
import type { PoolClient } from 'pg';
import pg from 'pg';
import { sendTogether } from './one-packet.ts';
import { lendSql, type Sql, sqlOn, wireTypes } from './sql.ts';

export const transactionTimeout_ms = 30_000;
/** PostgreSQL ends each of the statements that wait in line long before; where not even that is heard, the connection is dead. */
const answerTimeout_ms = 2 * transactionTimeout_ms;
const connectTimeout_ms = 10_000;
const idleTimeout_ms = 60_000;

export interface Database {
  /** One statement in a transaction of its own. */
  readonly sql: Sql;
  /** READ COMMITTED; commits when `work` resolves, rolls back when it rejects. `begin` is sent with the first statement. */
  transaction<T>(work: (sql: Sql, begun: Promise<unknown>) => Promise<T>, begin?: string): Promise<T>;
  /** Reads as a person, under row-level security; the answer does not wait for the end of the transaction. */
  readAs<T>(personId: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * The same for work that sends all its statements before it first waits: beginning, statements and end are one packet. A
   * statement that comes later is refused.
   */
  askAs<T>(personId: string, work: (sql: Sql) => Promise<T>): Promise<T>;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** Opens a pool. `onError` hears of connections that PostgreSQL ended while they were idle. */
export function openDatabase(
  url: string,
  options: { name: string; connectionsMax: number; onError: (error: Error) => void; answerTimeout_ms?: number },
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `daymark ${options.name}`,
    max: options.connectionsMax,
    idleTimeoutMillis: idleTimeout_ms,
    connectionTimeoutMillis: connectTimeout_ms,
    statement_timeout: transactionTimeout_ms,
    query_timeout: options.answerTimeout_ms ?? answerTimeout_ms,
    keepAlive: true,
    idle_in_transaction_session_timeout: transactionTimeout_ms,
    options: '-c timezone=UTC -c datestyle=ISO',
    pipeline: true,
    types: wireTypes,
  });
  pool.on('error', options.onError);
  // A connection that breaks while it is checked out rejects its queries; the event alone must not end the process.
  pool.on('connect', (client) => {
    client.on('error', options.onError);
    sendTogether(client);
  });

  const sql: Sql = {
    rows: async (text, values) => withClient(pool, (client) => sqlOn(client).rows(text, values)),
    dynamicRows: async (text, values) => withClient(pool, (client) => sqlOn(client).dynamicRows(text, values)),
    count: async (text, values) => withClient(pool, (client) => sqlOn(client).count(text, values)),
  };

  return {
    sql,
    pool,
    transaction: (work, begin = 'begin') => transaction(pool, work, begin),
    readAs: (personId, work) => readAs(pool, personId, work),
    askAs: (personId, work) => askAs(pool, personId, work),
    close: () => pool.end(),
  };
}

async function withClient<T>(pool: pg.Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const answer = await work(client);
    client.release();
    return answer;
  } catch (error) {
    client.release(isConnectionLost(error));
    throw error;
  }
}

async function transaction<T>(
  pool: pg.Pool,
  work: (sql: Sql, begun: Promise<unknown>) => Promise<T>,
  begin: string,
): Promise<T> {
  const client = await pool.connect();
  const lease = lendSql(sqlOn(client));
  try {
    const begun = client.query(begin);
    begun.catch(() => {});
    const answer = await work(lease.sql, begun).finally(lease.end);
    await begun;
    const committed = await client.query('commit');
    // PostgreSQL answers a commit of a failed transaction with ROLLBACK and no error.
    if (committed.command !== 'COMMIT') throw new Error('the transaction was rolled back at its end');
    client.release();
    return answer;
  } catch (error) {
    try {
      await client.query('rollback');
      client.release();
    } catch {
      client.release(true);
    }
    throw error;
  }
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Statements that begin a transaction as a person. The id goes into the text, so that all is one round trip. */
export function beginAs(personId: string, mode: 'read only' | 'read write'): string {
  if (!uuidPattern.test(personId)) throw new Error('a person id is not a UUID');
  return `begin ${mode}; select set_config('daymark.person_id', '${personId}', true)`;
}

async function readAs<T>(pool: pg.Pool, personId: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const begun = client.query(beginAs(personId, 'read only'));
  begun.catch(() => {});
  const lease = lendSql(sqlOn(client));
  try {
    const answer = await work(lease.sql).finally(lease.end);
    await begun;
    client.query('commit').then(
      () => client.release(),
      () => client.release(true),
    );
    return answer;
  } catch (error) {
    client.query('rollback').then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}

async function askAs<T>(pool: pg.Pool, personId: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const begun = client.query(beginAs(personId, 'read only'));
  begun.catch(() => {});
  const lease = lendSql(sqlOn(client));
  const asked = Promise.try(work, lease.sql);
  lease.end();
  // After a failed statement PostgreSQL takes this as a rollback, which is as good an end for a reader.
  client.query('commit').then(
    () => client.release(),
    () => client.release(true),
  );
  const answer = await asked;
  await begun;
  return answer;
}

/** PostgreSQL is gone, starting, stopping or full: nothing is wrong with what was asked. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') {
    if (/^(08|57P|53)/.test(code)) return true;
    if (['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(code)) return true;
  }
  return /Connection terminated|Query read timeout|not queryable|timeout exceeded when trying to connect|connection error/i.test(
    error.message,
  );
}

/** Two transactions waited for each other, or the row changed under a serialised one: asking again may succeed. */
export function isTransient(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return isConnectionLost(error) || code === '40P01' || code === '40001' || code === '55P03';
}
