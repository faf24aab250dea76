import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OutboxEvent } from '../../store/relay.ts';
import { afterRound, type Entry, type EntryOutcome, newShipment, nextRound } from './shipment.ts';

const payloadBytesMax = 10;

/** A log of some spaces: each event has the next version of its space. */
function logOf(spaces: readonly { space: number; bytes: number }[]): OutboxEvent[] {
  const versions = new Map<number, number>();
  return spaces.map(({ space, bytes }) => {
    const version = (versions.get(space) ?? 0) + 1;
    versions.set(space, version);
    return { space_id: `space-${space}`, version, payload_bytes: bytes } as OutboxEvent;
  });
}

/** Sends until nothing is left, with verdicts as they come; when they run out all is taken. Answers what arrived, in order. */
function shipAll(events: readonly OutboxEvent[], verdicts: Iterator<EntryOutcome>): Entry[] {
  const arrived: Entry[] = [];
  let shipment = newShipment(events, payloadBytesMax);
  for (let round = 0; shipment.rest.length > 0; round++) {
    if (round > 1000) throw new Error('it never ends');
    const outcomes = new Map<Entry, EntryOutcome>();
    for (const entry of nextRound(shipment)) {
      const verdict = verdicts.next().value ?? 'taken';
      const outcome = verdict === 'too_large' && !entry.withPayload ? 'given_up' : verdict;
      outcomes.set(entry, outcome);
      if (outcome === 'taken' || outcome === 'given_up') arrived.push(entry);
    }
    expect(outcomes.size).toBeGreaterThan(0);
    shipment = afterRound(shipment, outcomes);
  }
  return arrived;
}

const someLog = fc.array(fc.record({ space: fc.integer({ min: 0, max: 3 }), bytes: fc.integer({ min: 0, max: 12 }) }), {
  maxLength: 30,
});
const someVerdicts = fc.array(fc.constantFrom<EntryOutcome>('taken', 'failed', 'too_large'), { maxLength: 200 });

test('whatever fails, the last arrivals of each space are all its versions in order', () => {
  fc.assert(
    fc.property(someLog, someVerdicts, (spaces, verdicts) => {
      const events = logOf(spaces);
      const arrived = shipAll(events, verdicts.values());
      for (const [space, own] of Map.groupBy(events, (event) => event.space_id)) {
        const versions = arrived.filter(({ event }) => event.space_id === space).map(({ event }) => event.version);
        const lastOfEach = versions.filter((version, place) => versions.lastIndexOf(version) === place);
        expect(lastOfEach).toEqual(own.map((event) => event.version));
      }
    }),
  );
});

test('of a space where an event failed only that event is sent until it is through', () => {
  fc.assert(
    fc.property(someLog, someVerdicts, (spaces, verdicts) => {
      const given = verdicts.values();
      let shipment = newShipment(logOf(spaces), payloadBytesMax);
      while (shipment.rest.length > 0) {
        const sent = nextRound(shipment);
        for (const space of shipment.suspects) {
          const [first] = shipment.rest.filter(({ event }) => event.space_id === space);
          expect(sent.filter(({ event }) => event.space_id === space)).toEqual([first]);
        }
        const outcomes = new Map(sent.map((entry) => [entry, given.next().value ?? 'taken'] as const));
        shipment = afterRound(shipment, outcomes);
      }
    }),
  );
});

test('spaces beside the one that fails are through after the first request', () => {
  const shipment = newShipment(logOf([0, 1, 0, 1, 2].map((space) => ({ space, bytes: 1 }))), payloadBytesMax);
  const [failing] = shipment.rest;
  const outcomes = new Map(
    nextRound(shipment).map((entry) => [entry, entry === failing ? 'failed' : 'taken'] as const),
  );
  const left = afterRound(shipment, outcomes);
  expect(left.rest.map(({ event }) => [event.space_id, event.version])).toEqual([
    ['space-0', 1],
    ['space-0', 2],
  ]);
  expect(nextRound(left)).toEqual([failing]);
});

test('an event larger than what travels goes without its payload, and so does one that the carrier calls too large', () => {
  const shipment = newShipment(logOf([10, 11, 5].map((bytes) => ({ space: 0, bytes }))), payloadBytesMax);
  expect(shipment.rest.map((entry) => entry.withPayload)).toEqual([true, false, true]);
  const [first, second, third] = shipment.rest as [Entry, Entry, Entry];
  const outcomes = new Map<Entry, EntryOutcome>([
    [first, 'too_large'],
    [second, 'taken'],
    [third, 'taken'],
  ]);
  expect(afterRound(shipment, outcomes).rest.map((entry) => entry.withPayload)).toEqual([false, false, true]);
});
