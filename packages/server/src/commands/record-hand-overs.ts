/**
 * Records what became of hand-overs: the rows of the ledger and one event for each. Several at once share a transaction, in the
 * personal spaces of their people.
 */
import type { EventPayload } from '@daymark/core/contract/event.ts';
import type { ChannelName } from '../ports/channel.ts';
import {
  type DeliveryRow,
  holdDeliveries,
  presentDelivery,
  type RecordedRow,
  storeDeliveries,
} from '../store/delivery-ledger.ts';
import { deletePushSubscription } from '../store/push-subscriptions.ts';
import { findWebhook, storeWebhook } from '../store/webhooks.ts';
import { afterHandOver, deliveryEvents, type HandOverOutcome, type NextState, retryLimits } from './after-hand-over.ts';
import { type Change, type Commands, runCommand, runWhereFree } from './command.ts';
import { traceOfBatch } from './command-trace.ts';
import { programIntent } from './program-intent.ts';

/** One hand-over and what came of it. */
export interface HandOver {
  readonly deliveryId: string;
  /** The personal space of its person. */
  readonly spaceId: string;
  /** Who claimed it, and the attempt it was. */
  readonly holder: string;
  readonly outcome: HandOverOutcome;
  /** The trace of the hand-over. */
  readonly traceparent: string | null;
}

/** A hand-over that needs no more care; `state` is null where its row had come to an end, or another claim, meanwhile. */
export interface RecordedHandOver {
  readonly handOver: HandOver;
  readonly state: NextState['state'] | null;
}

/**
 * Records those whose spaces nobody is writing in just now and answers them; the caller comes back with the others. With `wait` it
 * waits for the spaces and records all. `commands` are those of the worker login.
 */
export function recordHandOvers(
  commands: Commands,
  handOvers: readonly HandOver[],
  options: { wait: boolean; random: () => number },
): Promise<RecordedHandOver[]> {
  const trace = traceOfBatch(handOvers);
  const intent = programIntent({ correlationId: 'delivery', ...trace });
  const spaceIds = [...new Set(handOvers.map((handOver) => handOver.spaceId))];
  const work = (change: Change) => {
    const held = handOvers.filter(({ spaceId }) => change.holds(spaceId));
    return record(change, held, { random: options.random, ownTraces: trace.links !== undefined });
  };
  return options.wait ? runCommand(commands, intent, spaceIds, work) : runWhereFree(commands, intent, spaceIds, work);
}

async function record(
  change: Change,
  handOvers: readonly HandOver[],
  { random, ownTraces }: { random: () => number; ownTraces: boolean },
): Promise<RecordedHandOver[]> {
  if (handOvers.length === 0) return [];
  const rows = new Map(
    (
      await holdDeliveries(
        change,
        handOvers.map(({ deliveryId }) => deliveryId),
      )
    ).map((row) => [row.id, row]),
  );
  const stored: (DeliveryRow & { expires_at: string })[] = [];
  const recorded: RecordedHandOver[] = [];
  for (const handOver of handOvers) {
    const { deliveryId, holder, outcome } = handOver;
    const before = rows.get(deliveryId);
    // Undefined where the person is gone.
    if (!before || !isToRecord(before, holder, outcome)) {
      recorded.push({ handOver, state: null });
      continue;
    }
    const limits = retryLimits[before.channel as ChannelName];
    const next = afterHandOver(before, outcome, before.clock, limits, random);
    const after = { ...before, ...next, version: change.nextVersion(before.space_id), updated_at: before.clock };
    change.append(before.space_id, {
      type: deliveryEvents[next.state],
      entityId: before.id,
      snapshot: presentDelivery(after),
      changes: differences(before, after),
      causationId: before.caused_by,
      ...(before.correlation_id !== null && { correlationId: before.correlation_id }),
      ...(ownTraces && { traceparent: handOver.traceparent }),
    });
    stored.push(after);
    recorded.push({ handOver, state: next.state });
    rows.delete(deliveryId);
    if (outcome.kind === 'gone') await dropTarget(change, before);
  }
  if (stored.length > 0) change.write(storeDeliveries(change, stored));
  return recorded;
}

/** That it was accepted is true even where the claim has ended meanwhile; any other word counts from the holder alone. */
function isToRecord(row: RecordedRow, holder: string, outcome: HandOverOutcome): boolean {
  const isHeld = row.state === 'claimed' && row.claimed_by === holder;
  return isHeld || (outcome.kind === 'sent' && row.state !== 'sent');
}

function differences(before: DeliveryRow, after: DeliveryRow): EventPayload['changes'] {
  const fields = ['state', 'reason', 'attempts', 'next_attempt_at'] as const;
  const changed = fields.filter((field) => before[field] !== after[field]);
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]] as [unknown, unknown]]));
}

/** A subscription that is gone is removed; a webhook is only stopped, because its person may mend it. */
async function dropTarget(change: Change, row: RecordedRow): Promise<void> {
  if (row.channel === 'web_push') {
    const gone = await deletePushSubscription(change, row.user_id, row.target_id);
    if (!gone) return;
    const changes: EventPayload['changes'] = { endpoint: [gone.endpoint, null] };
    change.append(row.space_id, { type: 'subscription.deleted', entityId: gone.id, snapshot: null, changes });
  }
  if (row.channel === 'webhook') {
    const webhook = await findWebhook(change, row.user_id, row.target_id);
    if (!webhook?.active) return;
    const stopped = {
      ...webhook,
      active: false,
      version: change.nextVersion(row.space_id),
      updated_at: change.now,
    };
    change.write(storeWebhook(change, stopped));
    const changes: EventPayload['changes'] = { active: [true, false] };
    change.append(row.space_id, { type: 'webhook.updated', entityId: webhook.id, snapshot: stopped, changes });
  }
}
