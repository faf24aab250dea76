/** One request to the carrier with the entries of a round, and what came of each of them. */
import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import { type Topic, topicOfAny } from '@daymark/core/contract/event.ts';
import type { OpenSpan, Tracing } from '../../kit/tracing.ts';
import type { EventCarrier, Unpublished } from '../../ports/event-carrier.ts';
import { carrierPeer, logPeer } from '../../store/trace-peers.ts';
import { messagesOf } from './relay-messages.ts';
import type { Entry, EntryOutcome } from './shipment.ts';

export interface Round {
  readonly outcomes: ReadonlyMap<Entry, EntryOutcome>;
  /** How many events of each topic were taken. */
  readonly taken: ReadonlyMap<Topic, number>;
  /** The first entry that failed though it is not too large, and why. */
  readonly failure: { readonly entry: Entry; readonly error: Error } | undefined;
  readonly duration_s: number;
}

/** Rejects only where the carrier does: when the program itself is at fault. */
export async function publishRound(
  carrier: EventCarrier,
  tracing: Tracing,
  entries: readonly Entry[],
  options: { timeout_ms: number },
): Promise<Round> {
  const spans = tracing.on ? spansOf(tracing, entries) : new Map<Entry, OpenSpan>();
  const messages: CarriedMessage[] = [];
  const owners: Entry[] = [];
  for (const entry of entries) {
    for (const message of messagesOf(entry, spans.get(entry)?.traceparent ?? entry.event.traceparent)) {
      messages.push(message);
      owners.push(entry);
    }
  }
  const started = performance.now();
  try {
    const unpublished = await carrier.publish(messages, options);
    const round = roundOf(entries, owners, unpublished);
    for (const { index, error } of unpublished) spans.get(owners[index] as Entry)?.fail(error);
    return { ...round, duration_s: (performance.now() - started) / 1000 };
  } finally {
    for (const span of spans.values()) span.end();
  }
}

function roundOf(
  entries: readonly Entry[],
  owners: readonly Entry[],
  unpublished: readonly Unpublished[],
): Omit<Round, 'duration_s'> {
  const outcomes = new Map<Entry, EntryOutcome>(entries.map((entry) => [entry, 'taken']));
  let failure: Round['failure'];
  for (const { index, error, hopeless } of unpublished) {
    const entry = owners[index];
    if (!entry) throw new Error('a carrier answered for a message that it was not given');
    if (hopeless) outcomes.set(entry, entry.withPayload ? 'too_large' : 'given_up');
    else if (outcomes.get(entry) === 'taken') {
      outcomes.set(entry, 'failed');
      failure ??= { entry, error };
    }
  }
  const taken = new Map<Topic, number>();
  for (const [{ event }, outcome] of outcomes) {
    const topic = topicOfAny(event.event_type);
    if (outcome === 'taken' && topic) taken.set(topic, (taken.get(topic) ?? 0) + 1);
  }
  return { outcomes, taken, failure };
}

/** A span for each event that belongs to a trace, so that whoever receives it goes on from the relay. */
function spansOf(tracing: Tracing, entries: readonly Entry[]): Map<Entry, OpenSpan> {
  return new Map(
    entries.flatMap((entry) => {
      const { traceparent: parent, event_id, event_type } = entry.event;
      if (parent === null) return [];
      const topic = topicOfAny(event_type) ?? 'task-updates';
      const about = { 'daymark.event_id': event_id, 'daymark.event_type': event_type };
      const read = { ...about, 'peer.service': logPeer };
      const taken = tracing.begin('take from the log', { kind: 'consumer', parent, attributes: read });
      taken.end();
      const attributes = { ...about, 'peer.service': carrierPeer, 'messaging.destination.name': topic };
      const options = { kind: 'producer', parent: taken.traceparent, attributes } as const;
      return [[entry, tracing.begin(`publish ${topic}`, options)] as const];
    }),
  );
}
