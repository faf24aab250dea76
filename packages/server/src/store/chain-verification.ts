/**
 * Verification of the hash chains. Every space's events are read from the first one, or from the anchor that older ones left, and
 * the chain is computed anew; payloads are compared with their digests, the order of transactions with the order of versions, the
 * log with its head, and each event with its entry in the audit log. Memory is bounded by one batch.
 *
 * Without an exported head, whoever may write everywhere can cut off the newest events and leave no trace; with one, that shows too.
 */
import { auditConsumer, entryColumns } from './audit.ts';
import type { Position } from './event-log.ts';
import { type EventHeader, eventHash, genesisHash } from './hash-chain.ts';
import type { Sql } from './sql.ts';

const batchEvents = 1000;

/** Where a chain stops being what it was: the first place in its space. */
export interface BrokenLink {
  spaceId: string;
  version: number;
  /** What differs, as a sentence without a stop. */
  what: string;
}

export interface Tally {
  spaces: number;
  events: number;
  /** Payloads that were erased, as is anybody's right. */
  erased: number;
  /** Events that the audit's consumer has not come to yet. */
  unfiled: number;
  /** Events that it gave up: they wait as dead letters. */
  parked: number;
}

/** Columns that an audit entry repeats; `recorded_at` and the digests are compared as well. */
const repeatedColumns = entryColumns.split(',').map((column) => column.trim()) as (keyof Linked)[];

type Linked = EventHeader & Position & { payload_digest: Buffer; hash: Buffer };

type Checked = Linked & {
  payload_state: 'whole' | 'erased' | 'missing' | 'elsewhere' | 'altered';
  filed: boolean;
  parked: boolean;
};

/** All spaces in the order of their ids, wherever one is mentioned: in the table, in the log or in the audit log. */
export async function* everySpace(sql: Sql): AsyncGenerator<string> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await sql.rows<{ id: string }>(
      `select id from (
         (select id from spaces where id > $1 order by id limit 1) union all
         (select space_id from events where space_id > $1 order by space_id limit 1) union all
         (select space_id from audit.entries where space_id > $1 order by space_id limit 1)) as next
       order by id limit 1`,
      [after],
    );
    const next = rows[0]?.id;
    if (next === undefined) return;
    yield next;
    after = next;
  }
}

/** Whether a space is mentioned anywhere. */
export async function isSpaceMentioned(sql: Sql, spaceId: string): Promise<boolean> {
  const rows = await sql.rows<{ mentioned: boolean }>(
    `select exists (select from spaces where id = $1) or exists (select from events where space_id = $1)
       or exists (select from audit.entries where space_id = $1) as mentioned`,
    [spaceId],
  );
  return rows[0]?.mentioned === true;
}

/** How far the audit's consumer has come; read it before the events. */
export async function auditPosition(sql: Sql): Promise<Position> {
  const rows = await sql.rows<Position>('select epoch, xid, seq from consumer_cursors where consumer = $1', [
    auditConsumer,
  ]);
  return rows[0] ?? { epoch: 0, xid: '0', seq: 0 };
}

interface Ends {
  head_version: number;
  head_hash: Buffer;
  anchor_version: number;
  anchor_hash: Buffer;
}

/**
 * Verifies one space and answers its first broken link; counts into the tally. `filed` is the position of the audit's consumer.
 * Changes may go on meanwhile: what comes after the head that is read first is not looked at.
 */
export async function verifySpace(
  sql: Sql,
  spaceId: string,
  filed: Position,
  tally: Tally,
): Promise<BrokenLink | undefined> {
  const broken = (version: number, what: string): BrokenLink => ({ spaceId, version, what });
  tally.spaces += 1;
  const ends = await readEnds(sql, spaceId);
  if (!ends) return broken(1, 'the space is gone, but its events or audit entries are there');
  let version = ends.anchor_version;
  let hash: Buffer = ends.anchor_hash;
  let place: Position | undefined;
  while (version < ends.head_version) {
    const events = await readBatch(sql, spaceId, { after: version, upTo: ends.head_version, filed });
    const entries = await readEntries(sql, spaceId, { after: version, upTo: events.at(-1)?.version ?? version });
    for (const event of events) {
      tally.events += 1;
      const expected = version + 1;
      const entry = entries.get(event.version) ?? [];
      const fault =
        event.version === expected
          ? (faultOf(event, hash, place, entry[0]) ?? auditFault(event, entry, tally))
          : `the event is missing; the next one is version ${event.version}`;
      if (fault !== undefined && !(fault === notFiled && (await wasDropped(sql, event))))
        return broken(expected, fault);
      if (event.payload_state === 'erased') tally.erased += 1;
      ({ version, hash } = event);
      place = event;
    }
    if (events.length === 0) {
      return broken(version + 1, `the event is missing; the head of the space is at version ${ends.head_version}`);
    }
  }
  if (version !== ends.head_version) return broken(version, `the head is set back to version ${ends.head_version}`);
  if (!hash.equals(ends.head_hash)) return broken(version, 'the head has another hash than the newest event');
  return beyondHead(sql, spaceId, ends.head_version);
}

async function readEnds(sql: Sql, spaceId: string): Promise<Ends | undefined> {
  const rows = await sql.rows<Ends>(
    `select s.head_version, s.head_hash, coalesce(a.version, 0) as anchor_version, coalesce(a.hash, $2) as anchor_hash
     from spaces s left join chain_anchors a on a.space_id = s.id where s.id = $1`,
    [spaceId, genesisHash],
  );
  return rows[0];
}

function readBatch(
  sql: Sql,
  spaceId: string,
  range: { after: number; upTo: number; filed: Position },
): Promise<Checked[]> {
  return sql.rows<Checked>(
    `select ${repeatedColumns.map((column) => `e.${column}`).join(', ')},
            case when p.event_id is null then 'missing'
                 when p.space_id <> e.space_id then 'elsewhere'
                 when p.erased_at is not null and p.payload is null and p.salt is null then 'erased'
                 when sha256(p.salt || convert_to(p.payload::text, 'UTF8')) = e.payload_digest and p.erased_at is null then 'whole'
                 else 'altered' end as payload_state,
            (e.epoch, e.xid, e.seq) <= ($4::integer, $5::xid8, $6::bigint) as filed,
            exists (select from dead_letters d
                    where d.consumer = $7 and d.event_id = e.event_id and d.replayed_at is null) as parked
     from events e left join event_payloads p on p.event_id = e.event_id
     where e.space_id = $1 and e.version > $2 and e.version <= $3
     order by e.version limit $8`,
    [spaceId, range.after, range.upTo, range.filed.epoch, range.filed.xid, range.filed.seq, auditConsumer, batchEvents],
  );
}

async function readEntries(
  sql: Sql,
  spaceId: string,
  range: { after: number; upTo: number },
): Promise<Map<number, Linked[]>> {
  const rows = await sql.rows<Linked>(
    `select ${entryColumns} from audit.entries where space_id = $1 and version > $2 and version <= $3`,
    [spaceId, range.after, range.upTo],
  );
  return Map.groupBy(rows, (row) => row.version);
}

/** What is wrong with an event by itself and after the one before it. The audit entry helps to say which column it is. */
function faultOf(
  event: Checked,
  previous: Buffer,
  before: Position | undefined,
  entry: Linked | undefined,
): string | undefined {
  if (!eventHash(previous, event, event.payload_digest).equals(event.hash)) {
    const columns = entry ? differingColumns(event, entry) : [];
    const witness = columns.length > 0 ? `; the audit log differs in ${columns.join(', ')}` : '';
    return `the event does not give its hash: a column was altered, or another event was here${witness}`;
  }
  if (before && !follows(event, before)) return 'xid or seq: the order of transactions is not the order of versions';
  if (event.payload_state === 'missing') return 'the payload is gone, and not by erasure';
  if (event.payload_state === 'elsewhere') return 'the payload lies in another space';
  if (event.payload_state === 'altered') return 'the payload does not give its digest';
  return undefined;
}

function follows(event: Position, before: Position): boolean {
  if (event.epoch !== before.epoch) return event.epoch > before.epoch;
  if (event.xid !== before.xid) return BigInt(event.xid) > BigInt(before.xid);
  return event.seq > before.seq;
}

const notFiled = 'the audit log lacks the event';

/** What differs between an event and its audit entry. */
function auditFault(event: Checked, entries: readonly Linked[], tally: Tally): string | undefined {
  const [entry, ...others] = entries;
  if (!entry) {
    if (event.parked) tally.parked += 1;
    else if (event.filed) return notFiled;
    else tally.unfiled += 1;
    return undefined;
  }
  if (others.length > 0) return 'the audit log has two entries of this version';
  const columns = differingColumns(event, entry);
  return columns.length > 0 ? `the audit log differs in ${columns.join(', ')}` : undefined;
}

function differingColumns(event: Linked, entry: Linked): string[] {
  return repeatedColumns.filter((column) => {
    const [here, there] = [event[column], entry[column]];
    return Buffer.isBuffer(here) && Buffer.isBuffer(there) ? !here.equals(there) : here !== there;
  });
}

/** Whether the entry went with the days beyond the retention. */
async function wasDropped(sql: Sql, event: Linked): Promise<boolean> {
  const rows = await sql.rows<{ dropped: boolean }>(
    'select version >= $2 as dropped from audit.anchors where space_id = $1',
    [event.space_id, event.version],
  );
  return rows[0]?.dropped === true;
}

/** Events or audit entries that lie beyond where the space says that it ends. */
async function beyondHead(sql: Sql, spaceId: string, head: number): Promise<BrokenLink | undefined> {
  const [events, entries] = await Promise.all([
    // Both sides in one statement: the head moves with the newest event.
    sql.rows<{ version: number }>(
      `select s.head_version + 1 as version from spaces s
       where s.id = $1 and exists (select from events e where e.space_id = s.id and e.version > s.head_version)`,
      [spaceId],
    ),
    sql.rows<{ version: number }>(
      `select a.version from audit.entries a
       where a.space_id = $1 and a.version > $2
         and not exists (select from events e where e.space_id = a.space_id and e.version = a.version)
       order by a.version limit 1`,
      [spaceId, head],
    ),
  ]);
  if (events[0]) return { spaceId, version: events[0].version, what: 'the event lies beyond the head of its space' };
  if (entries[0]) {
    return { spaceId, version: entries[0].version, what: 'the event is missing; the audit log has it' };
  }
  return undefined;
}

/** The newest version of a space and its hash, kept outside the database as a witness. */
export interface ExportedHead {
  space_id: string;
  version: number;
  /** Hexadecimal. */
  hash: string;
}

/** The heads of the spaces beyond one, in the order of their ids: at most `limit`. */
export function readHeadsBeyond(sql: Sql, spaceId: string, limit: number): Promise<ExportedHead[]> {
  return sql.rows<ExportedHead>(
    `select id as space_id, head_version as version, encode(head_hash, 'hex') as hash
     from spaces where id > $1 and head_version > 0 order by id limit $2`,
    [spaceId, limit],
  );
}

/** Looks for exported heads that are no longer in the log; a head older than the anchor of its space proves nothing and passes. */
export async function missingHeads(sql: Sql, heads: readonly ExportedHead[]): Promise<BrokenLink[]> {
  const rows = await sql.rows<{ space_id: string; version: number; newest: number; altered: boolean }>(
    `select h.space_id, h.version, found.hash is not null as altered,
            coalesce((select max(e.version) from events e where e.space_id = h.space_id), 0) as newest
     from unnest($1::uuid[], $2::bigint[], $3::text[]) as h (space_id, version, hash)
     left join chain_anchors a on a.space_id = h.space_id
     left join lateral (
       select e.hash from events e where e.space_id = h.space_id and e.version = h.version
       union all select a.hash where a.version = h.version limit 1) found on true
     where (a.version is null or a.version <= h.version) and found.hash is distinct from decode(h.hash, 'hex')
     order by h.space_id`,
    [heads.map((head) => head.space_id), heads.map((head) => head.version), heads.map((head) => head.hash)],
  );
  return rows.map(({ space_id: spaceId, version, newest, altered }) =>
    altered
      ? { spaceId, version, what: 'the event has another hash than the exported head' }
      : { spaceId, version: newest + 1, what: `the event is missing; the exported head is at version ${version}` },
  );
}
