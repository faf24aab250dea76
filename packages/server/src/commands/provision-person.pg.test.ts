import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, systemIntent } from '../../test/fixtures.ts';
import { eventsOfSpace } from '../store/event-log.ts';
import { provisionPerson } from './provision-person.ts';

let spine: Spine;
beforeAll(async () => {
  spine = await openSpine();
});
afterAll(() => spine.close());

test('a new person gets a personal space with an Inbox, told by three dense events', async () => {
  const ada = await spine.person('Ada');
  const events = await eventsOfSpace(spine.databases.worker.sql, ada.spaceId, 0, 10);
  expect(events.map((event) => [event.version, event.event_type])).toEqual([
    [1, 'space.created'],
    [2, 'member.added'],
    [3, 'list.created'],
  ]);
  expect(events.every((event) => event.actor_id === ada.id)).toBe(true);
  expect(new Set(events.map((event) => event.operation_id)).size).toBe(1);
});

test('ten provisionings of one person at once make one space', async () => {
  const ben = await spine.person('Ben');
  const id = crypto.randomUUID();
  await spine.databases.owner.sql.rows(`insert into people (id, name, email) values ($1, 'Cleo', 'cleo@example.org')`, [
    id,
  ]);
  const spaces = await Promise.all(Array.from({ length: 10 }, () => provisionPerson(spine.worker, systemIntent, id)));
  expect(new Set(spaces).size).toBe(1);
  expect(spaces[0]).not.toBe(ben.spaceId);
});

test('the app login without a person sees no row', async () => {
  await spine.person('Dan');
  for (const table of ['people', 'spaces', 'memberships', 'lists', 'events', 'event_payloads']) {
    expect(await spine.databases.app.sql.dynamicRows(`select 1 from ${table} limit 1`)).toEqual([]);
  }
});
