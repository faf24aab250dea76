/**
 * Going back: a broker that is new or was emptied gets once more what it had; whoever has an event already ignores it. And leaving: where
 * no broker is used any more, nothing waits for it.
 */
import { waitToBeActive } from './cursors.ts';
import { logBeginning, type Position } from './event-log.ts';
import { forgetRelayFailures, relayCursorOf } from './relay.ts';
import type { Sql } from './sql.ts';

/**
 * An event is dated when its command begins and placed in the log when it first writes, up to 30 s later. So all events of an instant
 * and after lie behind one that is dated this much earlier, whichever that is.
 */
const datesApart_s = 60;

/** A place in the log behind which everything lies that is dated at or after an instant (RFC 3339). */
export async function placeBefore(sql: Sql, instant: string): Promise<Position> {
  const [oldest] = await sql.rows<{ is_later: boolean }>(
    `select e.recorded_at >= $1::timestamptz - make_interval(secs => $2) as is_later
     from events e order by e.epoch, e.xid, e.seq limit 1`,
    [instant, datesApart_s],
  );
  if (!oldest || oldest.is_later) return logBeginning;
  const [place] = await sql.rows<Position>(
    `select e.epoch, e.xid, e.seq from events e where e.recorded_at < $1::timestamptz - make_interval(secs => $2)
     order by e.epoch desc, e.xid desc, e.seq desc limit 1`,
    [instant, datesApart_s],
  );
  return place ?? logBeginning;
}

/** Takes a shard back to a place, in a transaction of its own. A shard that has not come that far stays where it is. */
export async function rewindShard(sql: Sql, shard: number, to: Position): Promise<void> {
  const consumer = relayCursorOf(shard);
  await waitToBeActive(sql, consumer);
  await sql.rows(
    `update consumer_cursors set epoch = $2, xid = $3, seq = $4, updated_at = now()
     where consumer = $1 and (epoch, xid, seq) > ($2::integer, $3::xid8, $4::bigint)`,
    [consumer, to.epoch, to.xid, to.seq],
  );
  await forgetRelayFailures(sql, shard, null);
}

/** Forgets a shard, in a transaction of its own: a relay that starts later begins at the beginning of the log. */
export async function forgetShard(sql: Sql, shard: number): Promise<void> {
  const consumer = relayCursorOf(shard);
  await waitToBeActive(sql, consumer);
  await sql.rows('delete from consumer_cursors where consumer = $1', [consumer]);
  await forgetRelayFailures(sql, shard, null);
}
