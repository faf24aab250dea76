/**
 * Publishes what consumers gave up to a topic of its own, for other systems, and marks it. The table of dead letters stays the one that
 * is listed and replayed. Letters stand for themselves: one that the carrier does not take does not hold up the others.
 */
import { type CarriedMessage, dataOf, deadLetterOf, eventBytesMax } from '@daymark/core/contract/cloud-event.ts';
import { topicOfAny } from '@daymark/core/contract/event.ts';
import { backoff_ms } from '../../kit/backoff.ts';
import type { Running } from '../../kit/running.ts';
import { type NextTurn, startWorkLoop } from '../../kit/work-loop.ts';
import { becomeActive } from '../../store/cursors.ts';
import { markPublished, type UnpublishedLetter, unpublishedLetters } from '../../store/dead-letters.ts';
import { presentEvent } from '../../store/event-log.ts';
import type { RelayDeps } from './relay-deps.ts';

/** Names the lock by which one replica publishes at a time. */
const publisher = 'relay-dead-letters';
const topic = 'dead-letter';

export function startDeadLetters(deps: RelayDeps): Running {
  const { log, pace } = deps;
  const { letterPoll_ms: poll_ms, troubleMin_ms, troubleMax_ms } = pace;
  let failures = 0;
  return startWorkLoop(
    log,
    { name: 'dead letters', poll_ms, troubleMin_ms, troubleMax_ms },
    async (): Promise<NextTurn> => {
      const turn = await publishLetters(deps);
      if (turn.failed && ++failures === 1) log.warn({ error: turn.failed }, 'the carrier does not take dead letters');
      if (!turn.failed) failures = 0;
      if (failures > 0) {
        const limits = { base_ms: pace.retryMin_ms, cap_ms: pace.retryMax_ms };
        return { when: 'in', pause_ms: backoff_ms(failures, Math.random, limits) };
      }
      return turn.published > 0 ? { when: 'now' } : { when: 'rung' };
    },
  );
}

interface Turn {
  readonly published: number;
  readonly failed: Error | undefined;
}

function publishLetters(deps: RelayDeps): Promise<Turn> {
  const { db, pace, log, onRelayed } = deps;
  return db.transaction(async (sql) => {
    const [active, letters] = await Promise.all([
      becomeActive(sql, publisher),
      unpublishedLetters(sql, pace.lettersMax),
    ]);
    if (!active || letters.length === 0) return { published: 0, failed: undefined };
    const first = await publishSome(deps, letters, true);
    const second = await publishSome(deps, first.tooLarge, false);
    for (const letter of second.tooLarge) {
      log.error({ dead_letter_id: letter.id, event_id: letter.event.event_id }, 'a dead letter cannot travel at all');
    }
    const through = [...first.taken, ...second.taken, ...second.tooLarge];
    if (through.length > 0) {
      await markPublished(
        sql,
        through.map((letter) => letter.id),
      );
    }
    const taken = first.taken.length + second.taken.length;
    if (taken > 0) onRelayed(topic, taken);
    return { published: through.length, failed: first.failed ?? second.failed };
  });
}

async function publishSome(
  { carrier, pace, onFailure }: RelayDeps,
  letters: readonly UnpublishedLetter[],
  withPayload: boolean,
): Promise<{ taken: UnpublishedLetter[]; tooLarge: UnpublishedLetter[]; failed: Error | undefined }> {
  if (letters.length === 0) return { taken: [], tooLarge: [], failed: undefined };
  const unpublished = await carrier.publish(
    letters.map((letter) => messageOf(letter, withPayload)),
    { timeout_ms: pace.publishTimeout_ms / 2 },
  );
  const lost = new Map(unpublished.map((each) => [each.index, each]));
  const tooLarge = letters.filter((_letter, index) => lost.get(index)?.hopeless === true);
  const failed = unpublished.find(({ hopeless }) => !hopeless)?.error;
  if (tooLarge.length > 0) onFailure('too_large');
  if (failed) onFailure('carrier');
  return { taken: letters.filter((_letter, index) => !lost.has(index)), tooLarge, failed };
}

function messageOf({ event, ...letter }: UnpublishedLetter, withPayload: boolean): CarriedMessage {
  const travels = withPayload && event.payload_bytes <= eventBytesMax;
  const said = {
    ...letter,
    topic: topicOfAny(event.event_type) ?? event.entity,
    event: dataOf(presentEvent(event), travels),
  };
  return { topic, key: event.space_id, event: deadLetterOf(said, event.traceparent) };
}
