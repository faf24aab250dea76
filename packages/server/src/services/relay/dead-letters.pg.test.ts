import { randomUUIDv7 } from 'node:crypto';
import { CloudEvent, DeadLetterData, logEventOf } from '@daymark/core/contract/cloud-event.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { append } from '../../../test/bus-bench.ts';
import { until } from '../../../test/bus-effects.ts';
import { openRelayBench, type RelayBench } from '../../../test/relay-bench.ts';
import { countUnpublished, findDeadLetter, insertDeadLetter, publishLettersAgain } from '../../store/dead-letters.ts';
import { findEvent, presentEvent } from '../../store/event-log.ts';

let bench: RelayBench;
beforeEach(async () => {
  bench = await openRelayBench();
});
afterEach(() => bench.close());

/** Lets a consumer give up the newest events of a space; answers the letters' ids, in the order in which they died. */
async function giveUp(spaceId: string, count: number): Promise<string[]> {
  const { sql } = bench.spine.databases.worker;
  await append(
    bench.spine.worker,
    spaceId,
    Array.from({ length: count }, () => 'task.deleted'),
  );
  const events = (await bench.log()).filter((event) => event.space_id === spaceId).slice(-count);
  for (const { event_id, space_id, version } of events) {
    const id = randomUUIDv7();
    const what = { event_type: 'task.deleted', error: 'Error: broken', attempts: 3, first_failed_at: null };
    await insertDeadLetter(sql, { id, consumer: 'reader', event_id, space_id, version, ...what });
  }
  const letters = await sql.rows<{ id: string }>('select id from dead_letters order by died_at, id');
  return letters.map(({ id }) => id);
}

const published = () => bench.carrier.ofTopic('dead-letter').map(({ event }) => event.id);
const unpublished = () => countUnpublished(bench.spine.databases.worker.sql);

test('what a consumer gave up is told to other systems once, with its origin, its error and the event', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  const [id = ''] = await giveUp(spaceId, 1);
  bench.start();
  await until('it is published', async () => (await unpublished()) === 0);
  const { sql } = bench.spine.databases.worker;
  const letter = await findDeadLetter(sql, id);
  expect(letter?.published_at).toMatch(/Z$/);
  const [message, ...others] = bench.carrier.ofTopic('dead-letter');
  expect(others).toEqual([]);
  expect(message).toMatchObject({ key: spaceId, event: { id, type: 'daymark.event.dead' } });
  const { event, ...said } = DeadLetterData.parse(CloudEvent.parse(message?.event).data);
  expect(said).toEqual({
    id,
    consumer: 'reader',
    error: 'Error: broken',
    attempts: 3,
    first_failed_at: letter?.first_failed_at,
    died_at: letter?.died_at,
    topic: 'task-events',
  });
  const row = await findEvent(sql, letter?.event_id ?? '');
  expect(row && presentEvent(row)).toEqual(logEventOf(event));
  expect(bench.reports.relayed.get('dead-letter')).toBe(1);
});

test('more than fit into one request are all published, the oldest first', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  const ids = await giveUp(spaceId, 7);
  bench.start({ pace: { lettersMax: 3 } });
  await until('all are published', async () => (await unpublished()) === 0);
  expect(published()).toEqual(ids);
});

test('letters that are refused are sent until they are taken, and the others do not wait for them', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  const ids = await giveUp(spaceId, 4);
  let refusals = 3;
  bench.carrier.judge = ({ topic, event }) =>
    topic === 'dead-letter' && event.id === ids[1] && refusals-- > 0 ? 'refused' : 'taken';
  bench.start();
  await until('all are published', async () => (await unpublished()) === 0);
  expect(published()).toEqual([ids[0], ids[2], ids[3], ids[1]]);
  expect(bench.reports.failures.get('carrier')).toBe(3);
});

test('a letter that is too large goes without the payload of its event; one that cannot go at all is given up', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  const ids = await giveUp(spaceId, 2);
  bench.carrier.judge = ({ topic, event }) => {
    if (topic !== 'dead-letter') return 'taken';
    const { has_payload } = (event.data as DeadLetterData).event;
    return has_payload || event.id === ids[1] ? 'hopeless' : 'taken';
  };
  bench.start();
  await until('nothing is left', async () => (await unpublished()) === 0);
  expect(published()).toEqual([ids[0]]);
  expect(bench.lines.filter((line) => line.level === 'error')).toMatchObject([{ dead_letter_id: ids[1] }]);
});

test('letters whose event is gone do not stand in the way, and those of an emptied broker can be sent again', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  const ids = await giveUp(spaceId, 2);
  const { sql } = bench.spine.databases.owner;
  await sql.rows('update dead_letters set event_id = $2 where id = $1', [ids[0], randomUUIDv7()]);
  bench.start();
  await until('the other is published and marked', async () => (await unpublished()) === 1);
  await publishLettersAgain(bench.spine.databases.worker.sql, '1990-01-01T00:00:00Z');
  await until('it is published again', () => published().length === 2);
  expect(published()).toEqual([ids[1], ids[1]]);
});
