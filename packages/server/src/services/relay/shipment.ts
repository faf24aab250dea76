/**
 * A shipment: the events of one read that the carrier has not all taken yet. It decides what the next request holds, so that of each
 * space the last word on every version comes in the order of the versions:
 *
 * - The first request holds everything.
 * - Where an event failed, later ones of its space may have been taken before it. So of this space everything from that event on is sent
 *   again: first that event alone, until it is taken, then the others. Nothing is passed over; other spaces are not held up.
 * - What is too large is sent again without its payload, which readers then take from the log.
 */
import type { OutboxEvent } from '../../store/relay.ts';

export interface Entry {
  readonly event: OutboxEvent;
  readonly withPayload: boolean;
}

export interface Shipment {
  /** What was not taken, in the order of the log. */
  readonly rest: readonly Entry[];
  /** Spaces whose first event in `rest` failed. */
  readonly suspects: ReadonlySet<string>;
}

/** What came of an entry that was sent. An entry without payload that is too large even so is given up. */
export type EntryOutcome = 'taken' | 'failed' | 'too_large' | 'given_up';

/** `payloadBytesMax` is the largest payload that travels. */
export function newShipment(events: readonly OutboxEvent[], payloadBytesMax: number): Shipment {
  const rest = events.map((event) => ({ event, withPayload: event.payload_bytes <= payloadBytesMax }));
  return { rest, suspects: new Set() };
}

/** The entries of the next request, in the order of the log. */
export function nextRound({ rest, suspects }: Shipment): readonly Entry[] {
  if (suspects.size === 0) return rest;
  const begun = new Set<string>();
  return rest.filter(({ event: { space_id } }) => {
    const isFirst = !begun.has(space_id);
    begun.add(space_id);
    return isFirst || !suspects.has(space_id);
  });
}

/** What is left when the round is through. `outcomes` has every entry that was sent. */
export function afterRound(shipment: Shipment, outcomes: ReadonlyMap<Entry, EntryOutcome>): Shipment {
  const suspects = new Set<string>();
  const rest: Entry[] = [];
  for (const entry of shipment.rest) {
    const { space_id } = entry.event;
    const outcome = outcomes.get(entry);
    if (outcome === 'failed' || outcome === 'too_large') suspects.add(space_id);
    else if (outcome !== undefined && !suspects.has(space_id)) continue;
    rest.push(outcome === 'too_large' ? { ...entry, withPayload: false } : entry);
  }
  return { rest, suspects };
}
