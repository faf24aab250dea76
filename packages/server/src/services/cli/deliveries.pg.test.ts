import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DeliveryWorld, openDeliveryWorld } from '../../../test/delivery-world.ts';
import { deliveriesList, deliveriesReplay } from './deliveries.ts';

let world: DeliveryWorld;
beforeAll(async () => {
  world = await openDeliveryWorld();
});
afterAll(() => world.close());

async function run(command: (print: (line: string) => void) => Promise<number>): Promise<string[]> {
  const lines: string[] = [];
  expect(await command((line) => lines.push(line))).toBe(0);
  return lines;
}

test('dead deliveries are listed with their error, replayed by id, and gone from the list', async () => {
  const ada = await world.person('Ada');
  const [told] = await world.tell(ada, [{ channel: 'webhook', targetId: randomUUIDv7() }]);
  const [id = ''] = told?.deliveryIds ?? [];
  const list = (state?: string) => run((print) => deliveriesList(world.worker, { state }, print));
  expect(await list()).toEqual(['0 deliveries are dead']);
  expect(await list('planned')).toEqual([expect.stringContaining(id), '1 deliveries are planned']);
  await world.owner.rows(
    `update deliveries set state = 'dead', next_attempt_at = null, reason = 'no answer' where id = $1`,
    [id],
  );
  expect((await list())[0]).toMatch(new RegExp(`^${id}  .*  webhook  attempts 0  no answer$`));
  expect(await run((print) => deliveriesReplay(world.worker, id, print))).toEqual([`${id} is planned`]);
  expect(await list()).toEqual(['0 deliveries are dead']);
  expect(await world.eventTypes(id)).toEqual(['delivery.queued', 'delivery.queued']);
});

test('what is not there is said', async () => {
  const print = () => {};
  await expect(deliveriesList(world.worker, { state: 'lost' }, print)).rejects.toThrow('There is no state lost.');
  await expect(deliveriesReplay(world.worker, 'x', print)).rejects.toThrow('x is no id.');
  await expect(deliveriesReplay(world.worker, randomUUIDv7(), print)).rejects.toThrow('There is no such delivery.');
});
