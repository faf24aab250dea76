/**
 * Epochs. Transaction ids and versions restart or repeat after a restore or a fail-over to an older copy, so every
 * place in the log carries an epoch, and a new one is opened before the first write of a history that may repeat.
 */
import pg from 'pg';
import type { Sql } from './sql.ts';

/**
 * Opens a new epoch where needed and answers the one in force. Runs as the owner, before any write.
 * `reason` forces a new one, for instance after a restore.
 */
export async function openEpoch(owner: pg.Client, reason?: string): Promise<number> {
  const { rows } = await owner.query<{
    epoch: number | null;
    system_identifier: string | null;
    timeline: number | null;
    system_identifier_now: string;
    timeline_now: number;
    xid_repeats: boolean;
  }>(`
    select newest.epoch, newest.system_identifier, newest.timeline,
           (select system_identifier::text from pg_control_system()) as system_identifier_now,
           (select timeline_id from pg_control_checkpoint()) as timeline_now,
           coalesce((select e.xid >= pg_snapshot_xmax(pg_current_snapshot())
                     from events e where e.epoch = newest.epoch order by e.xid desc, e.seq desc limit 1), false) as xid_repeats
    from (select 1) as one
    left join (select epoch, system_identifier, timeline from epochs order by epoch desc limit 1) as newest on true`);
  const state = rows[0];
  if (!state) throw new Error('PostgreSQL did not say its identity');
  const why =
    reason ??
    (state.epoch === null
      ? 'first start'
      : state.system_identifier !== state.system_identifier_now
        ? 'another database system'
        : state.timeline !== state.timeline_now
          ? 'another timeline'
          : state.xid_repeats
            ? 'transaction ids repeat'
            : undefined);
  if (why === undefined && state.epoch !== null) return state.epoch;
  const epoch = (state.epoch ?? 0) + 1;
  await owner.query('insert into epochs (epoch, reason, system_identifier, timeline) values ($1, $2, $3, $4)', [
    epoch,
    why,
    state.system_identifier_now,
    state.timeline_now,
  ]);
  return epoch;
}

/** Opens a new epoch, whatever the state of the database, and answers it. */
export async function openEpochAt(ownerUrl: string, reason: string): Promise<number> {
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'daymark epoch' });
  await owner.connect();
  try {
    return await openEpoch(owner, reason);
  } finally {
    await owner.end();
  }
}

/** The epoch in force, for those who only read and append. */
export async function findEpoch(sql: Sql): Promise<number> {
  const rows = await sql.rows<{ epoch: number }>('select max(epoch) as epoch from epochs');
  const epoch = rows[0]?.epoch;
  if (!epoch) throw new Error('no epoch is open: the migration has not run');
  return epoch;
}
