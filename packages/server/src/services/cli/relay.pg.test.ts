import { afterEach, beforeEach, expect, test } from 'vitest';
import { append } from '../../../test/bus-bench.ts';
import { until } from '../../../test/bus-effects.ts';
import { openRelayBench, type RelayBench } from '../../../test/relay-bench.ts';
import { consumerStates } from '../../store/cursors.ts';
import { relayStates } from '../../store/relay.ts';
import { relayForget, relayRewind, relayState } from './relay.ts';

let bench: RelayBench;
beforeEach(async () => {
  bench = await openRelayBench();
});
afterEach(() => bench.close());

async function run(command: (print: (line: string) => void) => Promise<number>) {
  const lines: string[] = [];
  const code = await command((line) => lines.push(line));
  return { code, lines };
}

const state = () => run((print) => relayState(bench.spine.databases.worker, print));
const rewind = (to?: string) => run((print) => relayRewind(bench.spine.databases.worker, to, print));
const untilNothingIsLeft = () =>
  until('nothing is left', async () =>
    (await relayStates(bench.spine.databases.worker.sql)).every((each) => each.lag_events === 0),
  );

/** Dates the events that are there so many seconds back. */
const ageAll = (seconds: number) =>
  bench.spine.databases.owner.sql.rows('update events set recorded_at = recorded_at - make_interval(secs => $1)', [
    seconds,
  ]);

test('state tells of each shard how far it is, and what the carrier refuses', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  expect((await state()).lines[0]).toBe('relay-0  has not begun');
  const relay = bench.start();
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  expect(await state()).toMatchObject({
    code: 0,
    lines: [
      expect.stringMatching(/^relay-0 {2}0 events to publish {2}moved \d{4}-.*Z$/),
      expect.stringMatching(/^relay-1 {2}0 events to publish {2}moved /),
      expect.stringMatching(/^relay-2 {2}0 events to publish {2}moved /),
      expect.stringMatching(/^relay-3 {2}0 events to publish {2}moved /),
      '0 dead letters to publish',
    ],
  });
  bench.carrier.judge = () => 'refused';
  await append(bench.spine.worker, spaceId, ['task.created', 'task.updated']);
  await until('it is refused', async () => (await state()).code === 1);
  expect((await state()).lines.join('\n')).toMatch(
    /2 events to publish, the oldest \d+ s old {2}moved \S+ {2}event \S+ was refused \d+ times: Error: refused/,
  );
  await relay.stop();
});

test('after a rewind a running relay publishes again what was committed since, and nothing much older', async () => {
  const { spaceId } = await bench.spine.person('Ada');
  await append(bench.spine.worker, spaceId, ['task.created']);
  await ageAll(3_600);
  const old = await bench.log();
  const [since] = await bench.spine.databases.owner.sql.rows<{ now: string }>('select clock_timestamp() as now');
  await append(bench.spine.worker, spaceId, ['task.updated', 'task.completed']);
  const recent = (await bench.log()).slice(old.length).map((event) => event.event_id);
  bench.start({ pace: { poll_ms: 20 } });
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  bench.carrier.taken.length = 0;
  expect((await rewind(since?.now)).code).toBe(0);
  const arrived = () => bench.carrier.ofTopic('task-events').map(({ event }) => event.id);
  await until('the recent ones arrive again', () => recent.every((id) => arrived().includes(id)));
  expect(arrived()).toEqual(recent);
});

test('a rewind to before the log publishes all of it, and to the future nothing', async () => {
  await bench.spine.person('Ada');
  bench.start({ pace: { poll_ms: 20 } });
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  const published = bench.carrier.taken.length;
  await ageAll(3_600);
  await rewind('2200-01-01T00:00:00Z');
  await untilNothingIsLeft();
  expect(bench.carrier.taken.length).toBe(published);
  bench.carrier.taken.length = 0;
  await rewind('1990-01-01T00:00:00+01:00');
  await bench.untilAllArrived();
  expect(bench.carrier.taken.length).toBe(published);
});

test('a shard that is not there yet is not moved forward', async () => {
  await bench.spine.person('Ada');
  const before = await relayStates(bench.spine.databases.worker.sql);
  await rewind('2200-01-01T00:00:00Z');
  bench.start();
  await bench.untilAllArrived();
  expect(before.reduce((sum, { lag_events }) => sum + lag_events, 0)).toBe((await bench.log()).length);
});

test('after it was forgotten nothing waits, and a relay that starts begins with the first event', async () => {
  await bench.spine.person('Ada');
  const first = bench.start();
  await bench.untilAllArrived();
  await untilNothingIsLeft();
  await first.stop();
  const published = bench.carrier.taken.length;
  expect((await run((print) => relayForget(bench.spine.databases.worker, print))).code).toBe(0);
  expect(await consumerStates(bench.spine.databases.worker.sql)).toEqual([]);
  expect((await state()).lines[0]).toBe('relay-0  has not begun');
  bench.carrier.taken.length = 0;
  bench.start();
  await bench.untilAllArrived();
  expect(bench.carrier.taken.length).toBe(published);
});

test('without an instant, or with something else, it says how it is typed', async () => {
  for (const to of [undefined, 'yesterday', '2026-12-01']) {
    await expect(rewind(to)).rejects.toMatchObject({ remedy: 'Say for instance --to 2026-12-01T08:00:00Z.' });
  }
});
