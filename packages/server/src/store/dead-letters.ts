/**
 * Dead letters: events that a consumer gave up after its tries. Replaying one is asked for here and done by a live consumer, which
 * alone knows the handler; the effect and the mark "replayed" commit together, so it happens at most once.
 */
import { topicOfAny } from '@daymark/core/contract/event.ts';
import type { DeadLetter } from '@daymark/core/contract/operations.ts';
import { type EventRow, eventColumns } from './event-log.ts';
import type { Sql } from './sql.ts';

/** Dead letters are removed after so many days, replayed or not. */
export const deadLetterDays = 90;

const columns = `id, consumer, event_id, space_id, version, event_type, error, attempts, first_failed_at, died_at,
  replay_requested_at, replays_failed, replayed_at, published_at`;

type LetterRow = Omit<DeadLetter, 'topic'>;
const present = (row: LetterRow): DeadLetter => ({ ...row, topic: topicOfAny(row.event_type) ?? null });

/** Parks an event. An event that the consumer parked before stays as it is. */
export async function insertDeadLetter(
  sql: Sql,
  letter: Pick<
    DeadLetter,
    'id' | 'consumer' | 'event_id' | 'space_id' | 'version' | 'event_type' | 'error' | 'attempts'
  > & {
    /** RFC 3339; null when the first failure is this one. */
    first_failed_at: string | null;
  },
): Promise<void> {
  await sql.rows(
    `insert into dead_letters (id, consumer, event_id, space_id, version, event_type, error, attempts, first_failed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9::timestamptz, now()))
     on conflict (consumer, event_id) do nothing`,
    [
      letter.id,
      letter.consumer,
      letter.event_id,
      letter.space_id,
      letter.version,
      letter.event_type,
      letter.error,
      letter.attempts,
      letter.first_failed_at,
    ],
  );
}

/** A place in the list: newest first. */
export interface DeadLetterPlace {
  died_at: string;
  id: string;
}

/** Dead letters, newest first, beyond a place; without those that were replayed unless asked for. */
export async function listDeadLetters(
  sql: Sql,
  options: { consumer: string | null; replayed: boolean; beyond: DeadLetterPlace | null; limit: number },
): Promise<DeadLetter[]> {
  const rows = await sql.rows<LetterRow>(
    `select ${columns} from dead_letters
     where ($1::text is null or consumer = $1) and ($2 or replayed_at is null)
       and ($3::timestamptz is null or (died_at, id) < ($3, $4::uuid))
     order by died_at desc, id desc limit $5`,
    [options.consumer, options.replayed, options.beyond?.died_at ?? null, options.beyond?.id ?? null, options.limit],
  );
  return rows.map(present);
}

export async function findDeadLetter(sql: Sql, id: string): Promise<DeadLetter | undefined> {
  const rows = await sql.rows<LetterRow>(`select ${columns} from dead_letters where id = $1`, [id]);
  return rows[0] && present(rows[0]);
}

/**
 * Asks the letter's consumer to handle it once more. Answers the letter as it is then, undefined when there is none. A letter that
 * was replayed stays as it is.
 */
export async function requestReplay(sql: Sql, id: string, personId: string | null): Promise<DeadLetter | undefined> {
  const rows = await sql.rows<LetterRow>(
    `update dead_letters set replay_requested_at = now(), replay_requested_by = $2
     where id = $1 and replayed_at is null returning ${columns}`,
    [id, personId],
  );
  return rows[0] ? present(rows[0]) : findDeadLetter(sql, id);
}

/** A letter of the consumer that is to be replayed; the oldest request first. */
export async function findReplay(sql: Sql, consumer: string): Promise<DeadLetter | undefined> {
  const rows = await sql.rows<LetterRow>(
    `select ${columns} from dead_letters
     where consumer = $1 and replay_requested_at is not null and replayed_at is null
     order by replay_requested_at, id limit 1`,
    [consumer],
  );
  return rows[0] && present(rows[0]);
}

/** In the transaction of the effect. */
export async function markReplayed(sql: Sql, id: string): Promise<void> {
  const marked = await sql.count('update dead_letters set replayed_at = now() where id = $1 and replayed_at is null', [
    id,
  ]);
  if (marked !== 1) throw new Error('a dead letter was replayed twice');
}

/** The letter stays dead, with its newest error, until it is asked for again. */
export async function markReplayFailed(sql: Sql, id: string, error: string): Promise<void> {
  await sql.rows(
    `update dead_letters set replay_requested_at = null, replays_failed = replays_failed + 1, error = $2 where id = $1`,
    [id, error],
  );
}

/** A dead letter that is to be told to other systems, with its event as it is in the log. */
export type UnpublishedLetter = Pick<
  DeadLetter,
  'id' | 'consumer' | 'error' | 'attempts' | 'first_failed_at' | 'died_at'
> & { readonly event: EventRow & { readonly payload_bytes: number } };

/** Letters that were not published, the oldest first. One whose event is no longer in the log has nothing to tell. */
export async function unpublishedLetters(sql: Sql, limit: number): Promise<UnpublishedLetter[]> {
  type Row = EventRow & { payload_bytes: number } & Omit<UnpublishedLetter, 'event'>;
  const rows = await sql.rows<Row>(
    `select d.id, d.consumer, d.error, d.attempts, d.first_failed_at, d.died_at, ${eventColumns},
            coalesce(octet_length(p.payload::text), 0) as payload_bytes
     from dead_letters d
     join events e on e.event_id = d.event_id
     left join event_payloads p on p.event_id = d.event_id
     where d.published_at is null order by d.died_at, d.id limit $1`,
    [limit],
  );
  return rows.map(({ id, consumer, error, attempts, first_failed_at, died_at, ...event }) => ({
    ...{ id, consumer, error, attempts, first_failed_at, died_at },
    event,
  }));
}

/** How many letters other systems have not been told of. */
export async function countUnpublished(sql: Sql): Promise<number> {
  const rows = await sql.rows<{ count: number }>(
    'select count(*) as count from dead_letters where published_at is null',
  );
  return rows[0]?.count ?? 0;
}

/** Lets the letters that died since an instant be published once more. */
export async function publishLettersAgain(sql: Sql, since: string): Promise<void> {
  await sql.rows(
    'update dead_letters set published_at = null where died_at >= $1::timestamptz and published_at is not null',
    [since],
  );
}

/** Other systems have been told of these letters. */
export async function markPublished(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.rows('update dead_letters set published_at = now() where id = any($1::uuid[])', [ids]);
}

/** Removes at most `limit` letters older than their time; answers how many went. On the worker login. */
export function removeOldDeadLetters(sql: Sql, limit: number): Promise<number> {
  return sql.count(
    `delete from dead_letters where id = any(array(
       select id from dead_letters where died_at < now() - make_interval(days => $1) order by died_at limit $2))`,
    [deadLetterDays, limit],
  );
}
