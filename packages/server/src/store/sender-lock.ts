/**
 * By this others see that a sending process lives: it holds an advisory lock of PostgreSQL on a connection of its own, which goes the
 * moment the process does. Its claims are then taken over soon; without the lock they would only end with their lease.
 *
 * A process may live and its lock be gone for a moment: PostgreSQL recovered from a crash, somebody ended the connection, a pooler
 * closed the session that it had lent. So the lock is looked after all the time, and a holder counts as gone only when its lock is
 * missing for longer than it takes to get it back.
 */
import pg from 'pg';
import type { Sql } from './sql.ts';

/** Keeps these locks apart from those of spaces, which have one key of 64 bits. */
const senderLockClass = 7301;
const reconnect_ms = 500;
const connectTimeout_ms = 10_000;
const lookAfter_ms = 250;
/** A connection that does not answer for so long is replaced. */
const answer_ms = 5_000;

export interface SenderLock {
  /** Resolves when the lock was taken for the first time. */
  readonly taken: Promise<void>;
  close(): Promise<void>;
}

/** The lock of a sender in pg_locks. */
const isLockOf = (
  sender: string,
) => `locktype = 'advisory' and objsubid = 2 and granted and classid = ${senderLockClass}
  and objid = (hashtext(${sender})::bigint & 4294967295)::oid`;

/** Takes the lock unless this session has it. It is shared: no sender ever waits for one whose id has the same hash, or for its own past. */
const takeLock = `select pg_advisory_lock_shared(${senderLockClass}, hashtext($1::text))
  where not exists (select from pg_locks where pid = pg_backend_pid() and ${isLockOf('$1::text')})`;

/** Takes the lock of a sender, and takes it again whenever it is lost; `onError` hears of connections that broke. */
export function openSenderLock(options: { url: string; sender: string; onError: (error: Error) => void }): SenderLock {
  const taken = Promise.withResolvers<void>();
  let current: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  /** A connection that had served is replaced at once, one that never did after a pause. */
  let hadServed = false;

  function connect(): void {
    const next = new pg.Client({
      connectionString: options.url,
      application_name: 'daymark sender',
      connectionTimeoutMillis: connectTimeout_ms,
      query_timeout: answer_ms,
      keepAlive: true,
    });
    current = next;
    const lost = (error: Error) => {
      if (current !== next) return;
      current = undefined;
      clearTimeout(timer);
      next.end().catch(() => {});
      if (closed) return;
      options.onError(error);
      timer = setTimeout(connect, hadServed ? 0 : reconnect_ms);
      hadServed = false;
    };
    const lookAfter = async (): Promise<void> => {
      await next.query(takeLock, [options.sender]);
      hadServed = true;
      taken.resolve();
      if (current === next && !closed) timer = setTimeout(() => lookAfter().catch(lost), lookAfter_ms);
    };
    next.on('error', lost);
    next.on('end', () => lost(new Error('the connection of the sender ended')));
    next.connect().then(lookAfter).catch(lost);
  }

  connect();
  return {
    taken: taken.promise,
    async close() {
      closed = true;
      clearTimeout(timer);
      await current?.end().catch(() => {});
    },
  };
}

/** Who holds claims, on deliveries or mails, and no lock at this moment. On the worker login. */
export async function holdersWithoutLock(sql: Sql): Promise<string[]> {
  const rows = await sql.rows<{ holder: string }>(
    `select holder from (
       select claimed_by as holder from deliveries where state = 'claimed'
       union select claimed_by from outgoing_mails where state = 'claimed'
     ) as claims
     where holder is not null and not exists (select from pg_locks
       where database = (select oid from pg_database where datname = current_database()) and ${isLockOf('holder::text')})`,
  );
  return rows.map((row) => row.holder);
}

/** Whether PostgreSQL has started within so many milliseconds: then everybody is about to come back. */
export async function hasJustStarted(sql: Sql, within_ms: number): Promise<boolean> {
  const rows = await sql.rows<{ just: boolean }>(
    'select pg_postmaster_start_time() > clock_timestamp() - make_interval(secs => $1 / 1000.0) as just',
    [within_ms],
  );
  return rows[0]?.just ?? false;
}
