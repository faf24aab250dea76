/**
 * Mail that is no notification: password resets and invitations. A row is written in the transaction of its cause and sent like a
 * delivery, under its id as the key. What it says is erased as soon as it is not needed any more, because it holds secrets.
 */
import type { Sql } from './sql.ts';

export type MailKind = 'password_reset' | 'invitation';

/** What a mail says. */
export interface MailContent {
  readonly name: string | null;
  readonly subject: string;
  readonly text: string;
  readonly url: string;
}

/** `content` null: it is made when the mail is sent. */
export async function insertMail(
  sql: Sql,
  mail: { id: string; kind: MailKind; address: string; askedBy: string | null; content: MailContent | null },
): Promise<void> {
  await sql.count(
    `insert into outgoing_mails (id, kind, address, asked_by, content, state) values ($1, $2, $3, $4, $5, 'planned')`,
    [mail.id, mail.kind, mail.address, mail.askedBy, mail.content],
  );
}

/** No space has this id. Whoever writes a mail outside a command wakes the senders by it, after the commit. */
export const mailsWake = '00000000-0000-0000-0000-000000000000';

/** Holds the mails to an address until the transaction ends, so that requests at once are counted one after the other. */
export async function holdMailsTo(sql: Sql, address: string): Promise<void> {
  await sql.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`mails to ${address}`]);
}

/** How many mails went to an address, and at a person's wish, in the last so many hours. */
export async function mailsLately(
  sql: Sql,
  address: string,
  personId: string | null,
  hours: number,
): Promise<{ ofAddress: number; ofPerson: number }> {
  const rows = await sql.rows<{ of_address: number; of_person: number }>(
    'select of_address, of_person from mails_since($1, $2, now() - make_interval(hours => $3))',
    [address, personId, hours],
  );
  return { ofAddress: rows[0]?.of_address ?? 0, ofPerson: rows[0]?.of_person ?? 0 };
}

export interface ClaimedMail {
  readonly id: string;
  readonly kind: MailKind;
  readonly address: string;
  readonly content: MailContent | null;
  readonly attempts: number;
  readonly created_at: string;
  readonly expires_at: string;
  /** It waited past its time. */
  readonly expired: boolean;
}

const claimColumns = `outgoing_mails.id, outgoing_mails.kind, outgoing_mails.address, outgoing_mails.content, outgoing_mails.attempts,
  outgoing_mails.created_at, outgoing_mails.expires_at, outgoing_mails.expires_at < clock_timestamp() as expired`;

/** Claims the mails that wait longest, at most `limit`; a claim counts as an attempt. On the worker login. */
export function claimMails(
  sql: Sql,
  options: { holder: string; lease_ms: number; limit: number },
): Promise<ClaimedMail[]> {
  return sql.rows<ClaimedMail>(
    `with due as (
       select id from outgoing_mails where state in ('planned', 'failed') and next_attempt_at <= clock_timestamp()
       order by next_attempt_at limit $3
       for update skip locked
     )
     update outgoing_mails set state = 'claimed', attempts = attempts + 1, claimed_by = $1,
       claimed_until = clock_timestamp() + make_interval(secs => $2 / 1000.0)
     from due where outgoing_mails.id = due.id
     returning ${claimColumns}`,
    [options.holder, options.lease_ms, options.limit],
  );
}

/** Keeps the text that was made for a mail, so that all its tries say the same. Answers 0 where the holder has lost its claim. */
export function keepMailContent(sql: Sql, id: string, holder: string, content: MailContent): Promise<number> {
  return sql.count(`update outgoing_mails set content = $3 where id = $1 and state = 'claimed' and claimed_by = $2`, [
    id,
    holder,
    content,
  ]);
}

/**
 * Writes what became of a claimed mail. What it says is erased unless it is tried again. That it was accepted is true even where the
 * claim has ended meanwhile; any other word counts from the holder alone.
 */
export async function storeMail(
  sql: Sql,
  mail: {
    id: string;
    holder: string;
    state: 'sent' | 'failed' | 'dead' | 'suppressed';
    reason: string | null;
    pause_ms: number;
  },
): Promise<void> {
  await sql.count(
    `update outgoing_mails set state = $2, reason = $3, claimed_until = null, claimed_by = null, updated_at = clock_timestamp(),
       next_attempt_at = clock_timestamp() + make_interval(secs => $4 / 1000.0),
       content = case when $2 = 'failed' then content end
     where id = $1 and state <> 'sent' and ($2 = 'sent' or (state = 'claimed' and claimed_by = $5))`,
    [mail.id, mail.state, mail.reason, mail.pause_ms, mail.holder],
  );
}

/** In how many milliseconds the next mail is due; null when none waits. */
export async function nextMail_ms(sql: Sql): Promise<number | null> {
  const rows = await sql.rows<{ in_ms: number }>(
    `select (extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::float8 as in_ms from outgoing_mails
     where state in ('planned', 'failed') order by next_attempt_at limit 1`,
  );
  return rows[0]?.in_ms ?? null;
}

/** Removes at most `limit` mails that were asked for so many days ago, whatever became of them; answers how many went. */
export function removeOldMails(sql: Sql, days: number, limit: number): Promise<number> {
  return sql.count(
    `delete from outgoing_mails where id = any(array(
       select id from outgoing_mails where created_at < now() - make_interval(days => $1) limit $2))`,
    [days, limit],
  );
}
