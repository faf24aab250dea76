/**
 * The frame of every change. A command is one use case: authorise, load, decide, save, append its events – one
 * transaction, in which either everything commits or nothing.
 *
 * The order matters. The locks of the spaces are taken before the first write, while no transaction id is assigned yet:
 * so the order of transaction ids is the order of versions in a space. Commands of one space queue in memory before they
 * take a connection, or those that wait for the lock would use up the pool.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { EventPayload, EventType } from '@daymark/core/contract/event.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { KeyedQueue } from '../kit/keyed-queue.ts';
import type { Span, Tracing } from '../kit/tracing.ts';
import { beginAs, type Database, isTransient } from '../store/database.ts';
import { appendEvents, type Head, lockKeyOf, type NewEvent, readHeads } from '../store/event-log.ts';
import { genesisHash } from '../store/hash-chain.ts';
import { findStoredAnswer, storeAnswer } from '../store/idempotency.ts';
import type { Sql } from '../store/sql.ts';
import type { Wakes } from '../store/wakes.ts';
import { appendInSpans, inCommandSpan, nameCommand } from './command-trace.ts';
import { requireFittingEvent } from './event-size.ts';

/**
 * One command may append so many events at most. A bulk request of 500 operations may take sub-tasks and new tags with it;
 * work of the program itself is cut into far smaller commands.
 */
export const eventsPerCommandMax = 5000;
const attemptsMax = 3;

/** What every command needs to run. */
export interface Commands {
  /** The `app` login for people, the `worker` login for handlers and sweepers. */
  readonly db: Database;
  readonly wakes: Wakes;
  readonly queue: KeyedQueue;
  /** The epoch of the log in force. */
  readonly epoch: number;
  /** Told of each committed event, for the metrics. */
  readonly onAppended: (type: EventType) => void;
  readonly tracing: Tracing;
}

/** Who wants the change, and how it hangs together with others. */
export interface Intent {
  /** The person on whose behalf it runs, under row-level security; null for the program itself, on the worker login. */
  readonly personId: string | null;
  readonly actorType: 'user' | 'system' | 'assistant';
  /** Who the log names, where it is not `personId`: the program may record what a person did elsewhere. */
  readonly actorId?: string;
  readonly client: string | null;
  readonly address: string | null;
  readonly correlationId: string;
  /** The event that caused it. */
  readonly causationId: string | null;
  /** The trace that it belongs to; that of the work at hand where it is left out. */
  readonly traceparent?: string | null;
  /** Further traces that it follows from, where it does the work of several. */
  readonly links?: readonly string[];
  /** The client's key for doing this once, and a digest of what it asked for. */
  readonly idempotency: Idempotency | null;
}

interface Idempotency {
  readonly key: string;
  readonly fingerprint: Buffer;
  /** Told when the answer is the one kept under the key. */
  readonly onReplayed?: () => void;
}

/** An event of the command at hand, before it has a version. */
export interface Occurrence {
  readonly type: EventType;
  readonly entityId: string;
  readonly snapshot: Record<string, unknown> | null;
  /** Field → [before, after]. */
  readonly changes: EventPayload['changes'];
  /** Made by the command where it has to know the id before the event is written, because another one names it as its cause. */
  readonly eventId?: string;
  /** What this one event has for a cause and hangs together with, where that is not what the command has. */
  readonly causationId?: string | null;
  readonly correlationId?: string;
  readonly traceparent?: string | null;
}

/** A transaction that may change the spaces it holds the locks of. */
export interface Change extends Sql {
  /** RFC 3339 with milliseconds: the one time of everything in this command. */
  readonly now: string;
  readonly personId: string | null;
  readonly correlationId: string;
  /** All events of the command share it, and so does what undoes them together. */
  readonly operationId: string;
  /** The trace of the command, for rows that somebody else goes on from. */
  readonly traceparent: string | null;
  /** Lets the command write in a space that it has just made: nobody else knows it yet, so it needs no lock. */
  openSpace(spaceId: string): void;
  /** Whether the command may write in the space. */
  holds(spaceId: string): boolean;
  /** The version that the next event appended to the space will have. */
  nextVersion(spaceId: string): number;
  /** Appends an event and answers its version. It is written at the end of the command. Throws Problem `payload_too_large`. */
  append(spaceId: string, occurrence: Occurrence): number;
  /**
   * Hands over rows that are being written: the events are appended right behind them instead of a round trip later, and the
   * command fails with the first of them that fails. Not inside `attempt`, which has to know at once.
   */
  write(rows: Promise<unknown>): void;
  /** Does part of the command in a savepoint: when `work` rejects, it leaves neither rows nor events. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Runs a command in the spaces it touches. `work` gets the transaction and answers what the client is told, which must be
 * plain JSON. With an idempotency key that was used before, the answer of then is given again and `work` does not run.
 *
 * Throws Problem `not_found` when the person is in none of the spaces, `idempotency_mismatch`, `unavailable` when too many wait.
 */
export async function runCommand<Answer>(
  commands: Commands,
  intent: Intent,
  spaceIds: readonly string[],
  work: (change: Change) => Promise<Answer>,
): Promise<Answer> {
  return inCommandSpan(commands.tracing, intent, (span) =>
    retried(() => commands.queue.run(spaceIds, () => runOnce(commands, intent, spaceIds, work)), commands, span),
  );
}

/**
 * Runs a command of the program in those of the spaces that nobody else is writing in at this moment: `change.holds` tells which.
 * So several processes that want the same spaces never wait for one another; each goes on with what the others leave.
 */
export function runWhereFree<Answer>(
  commands: Commands,
  intent: Intent & { readonly personId: null },
  spaceIds: readonly string[],
  work: (change: Change, held: readonly string[]) => Promise<Answer>,
): Promise<Answer> {
  const run = () =>
    commands.db.transaction(async (sql) => {
      const free = await lockFreeSpaces(sql, spaceIds);
      const heads = await readHeads(sql, free);
      return workWithin(sql, commands, intent, heads, (change) => work(change, free));
    });
  return inCommandSpan(commands.tracing, intent, (span) => retried(run, commands, span));
}

async function retried<Answer>(run: () => Promise<Done<Answer>>, commands: Commands, span: Span): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      const done = await run();
      nameCommand(span, done.operationId, done.appended);
      return announced(commands, done);
    } catch (error) {
      // A deadlock or a key stored at the same moment: nothing was written, and the second try sees the other's result.
      const again = error instanceof AnswerStoredMeanwhile || (isTransient(error) && isAborted(error));
      if (!again || attempt === attemptsMax) throw error;
    }
  }
}

/** The transaction was ended by PostgreSQL to resolve a conflict; it surely did not commit. */
const isAborted = (error: unknown): boolean => ['40P01', '40001'].includes((error as { code?: string }).code ?? '');

/** Another transaction stored an answer under the same key first: the command starts again and finds it. */
export class AnswerStoredMeanwhile extends Error {}

/** The kept answer. Throws Problem `idempotency_mismatch` when the key was used for something else. */
function replay(idempotency: Idempotency, stored: { fingerprint: Buffer; answer: unknown }): unknown {
  if (!stored.fingerprint.equals(idempotency.fingerprint)) throw new Problem('idempotency_mismatch');
  idempotency.onReplayed?.();
  return stored.answer;
}

/** The answer kept under the intent's key, wrapped, because it may be null; undefined when there is none. */
export async function keptAnswer(
  commands: Pick<Commands, 'db'>,
  intent: Intent,
): Promise<{ answer: unknown } | undefined> {
  const { idempotency, personId } = intent;
  if (!idempotency || !personId) return undefined;
  const stored = await commands.db.readAs(personId, (sql) => findStoredAnswer(sql, personId, idempotency.key));
  return stored && { answer: replay(idempotency, stored) };
}

async function runOnce<Answer>(
  commands: Commands,
  intent: Intent,
  spaceIds: readonly string[],
  work: (change: Change) => Promise<Answer>,
): Promise<Done<Answer>> {
  return commands.db.transaction(
    async (sql) => {
      // Sent together: one round trip. Each statement takes its snapshot when the one before it is through.
      const [, heads, stored] = await Promise.all([
        lockSpaces(sql, spaceIds),
        readHeads(sql, spaceIds),
        intent.idempotency && intent.personId
          ? findStoredAnswer(sql, intent.personId, intent.idempotency.key)
          : undefined,
      ]);
      if (heads.size < new Set(spaceIds).size) throw new Problem('not_found', 'There is no such space.');
      if (stored && intent.idempotency) {
        return { answer: replay(intent.idempotency, stored) as Answer, operationId: null, appended: [] };
      }
      return workWithin(sql, commands, intent, heads, work);
    },
    intent.personId === null ? 'begin' : beginAs(intent.personId, 'read write'),
  );
}

interface Done<Answer> {
  readonly answer: Answer;
  /** Null where it was done before, under the same key. */
  readonly operationId: string | null;
  readonly appended: readonly NewEvent[];
}

/** Does the work of a command under the locks whose heads are given. */
async function workWithin<Answer>(
  sql: Sql,
  commands: Commands,
  intent: Intent,
  heads: Map<string, Head>,
  work: (change: Change) => Promise<Answer>,
): Promise<Done<Answer>> {
  const appended: NewEvent[] = [];
  const writes: Promise<unknown>[] = [];
  const traceparent = commands.tracing.current();
  const change = openChange(sql, intent, heads, { appended, writes, traceparent });
  const answer = await work(change);
  const finished = finish(sql, commands, intent, change, heads, appended);
  await allInOrder([...writes, finished, keepAnswer(sql, intent, answer)]);
  return { answer, operationId: change.operationId, appended };
}

/** Wakes those who read the log; call it after the commit. */
function announced<Answer>(commands: Commands, { answer, appended }: Done<Answer>): Answer {
  if (appended.length > 0) {
    for (const event of appended) commands.onAppended(event.type);
    commands.wakes.changed(new Set(appended.map((event) => event.spaceId)));
  }
  return answer;
}

/** Locks are taken in the order of their keys, so that two commands never wait in a ring. */
async function lockSpaces(sql: Sql, spaceIds: readonly string[]): Promise<void> {
  const keys = [...new Set(spaceIds.map(lockKeyOf))].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  await Promise.all(keys.map((key) => sql.rows('select pg_advisory_xact_lock($1::bigint)', [key])));
}

/** Takes the locks that are free and answers their spaces. Nothing waits, so the order does not matter. */
async function lockFreeSpaces(sql: Sql, spaceIds: readonly string[]): Promise<string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select id from unnest($1::uuid[], $2::bigint[]) as space (id, key) where pg_try_advisory_xact_lock(key)`,
    [spaceIds, spaceIds.map(lockKeyOf)],
  );
  return rows.map((row) => row.id);
}

/** Waits for all and throws what the first of them rejected with: those behind it only say that the transaction is aborted. */
async function allInOrder(statements: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(statements)) if (outcome.status === 'rejected') throw outcome.reason;
}

function openChange(
  sql: Sql,
  intent: Intent,
  heads: Map<string, Head>,
  made: { appended: NewEvent[]; writes: Promise<unknown>[]; traceparent: string | null },
): Change {
  const { appended, writes, traceparent } = made;
  const now = new Date().toISOString();
  let savepoints = 0;
  const nextVersion = (spaceId: string): number => {
    const newest = appended.findLast((event) => event.spaceId === spaceId);
    const version = newest?.version ?? heads.get(spaceId)?.version;
    if (version === undefined) throw new Error('a command changes a space that it did not lock');
    return version + 1;
  };
  return {
    ...sql,
    now,
    personId: intent.personId,
    correlationId: intent.correlationId,
    operationId: randomUUIDv7(),
    traceparent,
    openSpace: (spaceId) => heads.set(spaceId, { version: 0, hash: genesisHash }),
    holds: (spaceId) => heads.has(spaceId),
    nextVersion,
    append(spaceId, occurrence) {
      if (appended.length === eventsPerCommandMax) {
        throw new Problem('conflict', `This would change more than ${eventsPerCommandMax} things at once.`);
      }
      const version = nextVersion(spaceId);
      const { snapshot, changes, ...event } = occurrence;
      const payload = { snapshot, changes, client: intent.client, address: intent.address };
      requireFittingEvent(payload);
      appended.push({ ...event, spaceId, version, payload });
      return version;
    },
    write(rows) {
      // Whoever waits for it hears of its failure; until then it must not count as unheard.
      rows.catch(() => {});
      writes.push(rows);
    },
    async attempt(work) {
      const name = `attempt_${++savepoints}`;
      const length = appended.length;
      await sql.dynamicRows(`savepoint ${name}`);
      try {
        const answer = await work();
        await sql.dynamicRows(`release savepoint ${name}`);
        return answer;
      } catch (error) {
        appended.length = length;
        await sql.dynamicRows(`rollback to savepoint ${name}`);
        throw error;
      }
    },
  };
}

async function finish(
  sql: Sql,
  commands: Commands,
  intent: Intent,
  change: Change,
  heads: ReadonlyMap<string, Head>,
  appended: readonly NewEvent[],
): Promise<void> {
  if (appended.length === 0) return;
  const operation = {
    id: change.operationId,
    epoch: commands.epoch,
    actorType: intent.actorType,
    actorId: intent.actorId ?? intent.personId,
    correlationId: intent.correlationId,
    causationId: intent.causationId,
    recordedAt: change.now,
  };
  await appendInSpans(commands.tracing, appended, (events) => appendEvents(sql, operation, events, heads));
}

async function keepAnswer(sql: Sql, intent: Intent, answer: unknown): Promise<void> {
  if (!intent.idempotency || !intent.personId) return;
  const { key, fingerprint } = intent.idempotency;
  const stored = await storeAnswer(sql, { personId: intent.personId, key, fingerprint, answer });
  if (!stored) throw new AnswerStoredMeanwhile('another request stored its answer under this key');
}
