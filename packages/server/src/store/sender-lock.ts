/**
 * By this others see that a sending process lives: it holds an advisory lock of PostgreSQL on a connection of its own, which goes the
 * moment the process does. Its claims are then taken over at once; without the lock they would only end with their lease.
 */
import pg from 'pg';

/** Keeps these locks apart from those of spaces, which have one key of 64 bits. */
export const senderLockClass = 7301;
const reconnect_ms = 500;
const connectTimeout_ms = 10_000;

export interface SenderLock {
  /** Resolves when the lock was taken for the first time. */
  readonly taken: Promise<void>;
  close(): Promise<void>;
}

/** Takes the lock of a sender, and takes it again whenever the connection breaks; `onError` hears of that. */
export function openSenderLock(options: { url: string; sender: string; onError: (error: Error) => void }): SenderLock {
  const taken = Promise.withResolvers<void>();
  let current: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function connect(): void {
    const next = new pg.Client({
      connectionString: options.url,
      application_name: 'daymark sender',
      connectionTimeoutMillis: connectTimeout_ms,
      keepAlive: true,
    });
    current = next;
    const lost = (error: Error) => {
      if (current !== next) return;
      current = undefined;
      next.end().catch(() => {});
      if (closed) return;
      options.onError(error);
      timer = setTimeout(connect, reconnect_ms);
    };
    next.on('error', lost);
    next.on('end', () => lost(new Error('the connection of the sender ended')));
    next
      .connect()
      .then(() => next.query('select pg_advisory_lock($1, hashtext($2))', [senderLockClass, options.sender]))
      .then(() => taken.resolve())
      .catch(lost);
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
