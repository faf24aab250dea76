/**
 * One turn of a shard: a transaction that becomes the shard's active one, reads what comes next, publishes it, and moves the cursor.
 * No transaction id is assigned before the cursor moves, so a slow carrier holds no reader of the log back. Killed between publishing
 * and moving the cursor, the next turn publishes the same again; nothing is passed over.
 *
 * While one request is under way the next events are read, as long as all goes well. When something failed nothing more is read before
 * it is through: what is in memory stays bounded however long an outage lasts.
 */
import { eventBytesMax } from '@daymark/core/contract/cloud-event.ts';
import { redactedError } from '../../kit/redacted-error.ts';
import { becomeActive, moveCursor, recordFailure } from '../../store/cursors.ts';
import type { Position } from '../../store/event-log.ts';
import {
  commitLazily,
  findRelayPlace,
  forgetRelayFailures,
  isHeldBack,
  type Outbox,
  type RelayPlace,
  readOutbox,
  relayCursorOf,
} from '../../store/relay.ts';
import type { Sql } from '../../store/sql.ts';
import { publishRound, type Round } from './publish-round.ts';
import type { RelayDeps } from './relay-deps.ts';
import { afterRound, newShipment, nextRound, type Shipment } from './shipment.ts';

/** A read that is filled so far is likely to have more behind it. */
const readAheadShare = 0.1;

/** What was read and is not through. */
export interface Load {
  /** The cursor when it was read, or as it was moved since; where the cursor is elsewhere, it is read anew. */
  readonly base: Position;
  readonly outbox: Outbox;
  readonly shipment: Shipment;
  /** Requests in a row of which something failed. */
  readonly failures: number;
}

export type RelayTurn =
  /** The shard moved on; there may be more. */
  | { kind: 'moved'; load: Load | undefined; round: Round | undefined }
  /** There is nothing to read, or only what an older transaction holds back. */
  | { kind: 'nothing'; heldBack: boolean }
  /** The carrier did not take everything. */
  | { kind: 'retry'; load: Load; round: Round; wait_ms: number }
  /** Another replica is at work. */
  | { kind: 'stand_by' }
  /** The shard has no cursor. */
  | { kind: 'unregistered' };

export interface TurnOptions {
  readonly shard: number;
  /** What the turn before left. */
  readonly load: Load | undefined;
  /** The pause after so many failures in a row. */
  readonly pause_ms: (failures: number) => number;
}

export function takeTurn(deps: RelayDeps, options: TurnOptions): Promise<RelayTurn> {
  const { shard } = options;
  return deps.db.transaction(async (sql) => {
    const [active, place] = await Promise.all([becomeActive(sql, relayCursorOf(shard)), findRelayPlace(sql, shard)]);
    if (!place) return { kind: 'unregistered' };
    if (!active) return { kind: 'stand_by' };
    const left = options.load && isSame(options.load.base, place.position) ? options.load : undefined;
    const load = left ?? newLoad(place.position, await readOutbox(sql, shard, place, deps.pace));
    const { through } = load.outbox;
    if (!through) return { kind: 'nothing', heldBack: await isHeldBack(sql, place) };
    const entries = nextRound(load.shipment);
    if (entries.length === 0) {
      await moveCursor(sql, relayCursorOf(shard), through);
      return { kind: 'moved', load: undefined, round: undefined };
    }
    const ahead = readAhead(sql, { ...place, position: through }, load, deps, shard);
    const round = await publishRound(deps.carrier, deps.tracing, entries, {
      timeout_ms: deps.pace.publishTimeout_ms,
    });
    deps.failPoints.at('relay:published');
    const shipment = afterRound(load.shipment, round.outcomes);
    const reached = positionBefore(shipment, load.outbox) ?? load.base;
    const failures = round.failure ? load.failures + 1 : 0;
    const wait_ms = round.failure ? options.pause_ms(failures) : 0;
    const rest = { base: reached, outbox: load.outbox, shipment, failures };
    await settle(sql, shard, { from: load.base, rest, round, wait_ms });
    if (round.failure) return { kind: 'retry', load: rest, round, wait_ms };
    if (shipment.rest.length > 0) return { kind: 'moved', load: rest, round };
    const next = await ahead;
    return { kind: 'moved', load: next?.through && newLoad(through, next), round };
  });
}

const newLoad = (base: Position, outbox: Outbox): Load => ({
  base,
  outbox,
  shipment: newShipment(outbox.events, eventBytesMax),
  failures: 0,
});

const isSame = (a: Position, b: Position): boolean => a.epoch === b.epoch && a.xid === b.xid && a.seq === b.seq;

/** Reads on while the carrier works, where there is likely more and nothing has failed. */
async function readAhead(
  sql: Sql,
  beyond: RelayPlace,
  { outbox, shipment, failures }: Load,
  { pace }: RelayDeps,
  shard: number,
): Promise<Outbox | undefined> {
  const isUntried = failures === 0 && shipment.rest.length === outbox.events.length;
  if (!isUntried || outbox.events.length < pace.eventsMax * readAheadShare) return undefined;
  // A failure of PostgreSQL shows at the next statement of the transaction.
  return readOutbox(sql, shard, beyond, pace).catch(() => undefined);
}

/** The place before the first event that is left; the end of what was read when nothing is, undefined when all is. */
function positionBefore({ rest }: Shipment, { events, through }: Outbox): Position | undefined {
  const [first] = rest;
  return first ? events[events.indexOf(first.event) - 1] : through;
}

/** Moves the cursor as far as everything was taken, and keeps what failed where operators see it. */
async function settle(
  sql: Sql,
  shard: number,
  { from, rest, round, wait_ms }: { from: Position; rest: Load; round: Round; wait_ms: number },
): Promise<void> {
  const consumer = relayCursorOf(shard);
  const { failure } = round;
  const writes: Promise<unknown>[] = [
    commitLazily(sql),
    forgetRelayFailures(sql, shard, failure?.entry.event.event_id ?? null),
  ];
  if (!isSame(rest.base, from)) writes.push(moveCursor(sql, consumer, rest.base));
  if (failure) {
    const { event_id: eventId, payload_json } = failure.entry.event;
    const error = redactedError(failure.error, payload_json === null ? null : JSON.parse(payload_json));
    writes.push(recordFailure(sql, { consumer, eventId, attempts: rest.failures, error, wait_ms }));
  }
  await Promise.all(writes);
}
