import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import { expect, it, vi } from 'vitest';
import type { EventCarrier } from '../ports/event-carrier.ts';
import { gatherProcessed } from './processed-batches.ts';

const handled = (event_id: string, space_id = 'home') => ({
  ...{ consumer: 'audit', outcome: 'handled' as const, duration_s: 0.0012345 },
  event_id,
  space_id,
});

function carrierOf(publish: EventCarrier['publish']): EventCarrier {
  return { publish, check: async () => {}, close: async () => {} };
}

it('publishes what was handled as one message a space, after a while of gathering', async () => {
  vi.useFakeTimers();
  const published: CarriedMessage[] = [];
  const batches = gatherProcessed(
    carrierOf(async (messages) => {
      published.push(...messages);
      return [];
    }),
    { onDropped: () => expect.unreachable() },
  );
  for (const event of [handled('1'), handled('2'), handled('3', 'work')]) batches.onHandled(event);
  expect(published).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(published.map(({ topic, key, event }) => [topic, key, event.type, event.data])).toEqual([
    [
      'processed-events',
      'home',
      'daymark.event.processed',
      {
        space_id: 'home',
        processed: [
          { consumer: 'audit', event_id: '1', outcome: 'handled', duration_ms: 1.235 },
          { consumer: 'audit', event_id: '2', outcome: 'handled', duration_ms: 1.235 },
        ],
      },
    ],
    ['processed-events', 'work', 'daymark.event.processed', expect.objectContaining({ space_id: 'work' })],
  ]);
  vi.useRealTimers();
});

it('publishes what is left when it stops', async () => {
  const published: CarriedMessage[] = [];
  const publish = async (messages: readonly CarriedMessage[]) => {
    published.push(...messages);
    return [];
  };
  const batches = gatherProcessed(carrierOf(publish), { onDropped: () => expect.unreachable() });
  batches.onHandled(handled('1'));
  await batches.stop();
  expect(published).toHaveLength(1);
});

it('drops and counts what a broker does not take, and what is too much while one does not answer', async () => {
  let dropped = 0;
  const answers = [Promise.withResolvers<never>()];
  const publish: EventCarrier['publish'] = async () =>
    answers.shift()?.promise ?? [{ index: 0, error: new Error('down'), hopeless: false }];
  vi.useFakeTimers();
  const batches = gatherProcessed(carrierOf(publish), {
    onDropped(count) {
      dropped += count;
    },
  });
  const answer = answers[0];
  batches.onHandled(handled('1'));
  await vi.advanceTimersByTimeAsync(1_000);
  for (let count = 0; count < 5_002; count++) batches.onHandled(handled(`${count}`));
  expect(dropped).toBe(2);
  answer?.reject(new Error('the connection broke'));
  await vi.advanceTimersByTimeAsync(0);
  expect(dropped).toBe(3);
  vi.useRealTimers();
  await batches.stop();
  // Five messages of at most a thousand each; the first failed.
  expect(dropped).toBe(1_003);
});
