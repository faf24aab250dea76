import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { append } from '../../../test/bus-bench.ts';
import { until } from '../../../test/bus-effects.ts';
import { openSpine, type Spine } from '../../../test/fixtures.ts';
import { createPostgresBus } from '../../adapters/bus-postgres/postgres-bus.ts';
import { openLog } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { listDeadLetters } from '../../store/dead-letters.ts';
import { openWakes } from '../../store/wakes.ts';
import { deadLettersList, deadLettersReplay, deadLettersShow } from './dead-letters.ts';

let spine: Spine;
let reader: Running;
let broken = true;

beforeAll(async () => {
  spine = await openSpine();
  const { spaceId } = await spine.person('Ada');
  const { log } = openLog({ level: 'silent', service: 'test' });
  const bus = createPostgresBus(spine.databases.worker, spine.wakes, log, {
    onHandled: () => {},
    pace: { retry_ms: 5, poll_ms: 3_600_000 },
  });
  const start = () =>
    bus.subscribe({
      consumer: 'reader',
      topics: 'all',
      async handle(_tx, event) {
        if (broken && event.event_type === 'task.deleted') throw new Error('broken');
      },
    });
  reader = start();
  await append(spine.worker, spaceId, ['task.deleted']);
  await until('it dies', async () => (await letters()).length === 1);
});

afterAll(async () => {
  await reader.stop();
  await spine.close();
});

const letters = () =>
  listDeadLetters(spine.databases.worker.sql, { consumer: null, replayed: true, beyond: null, limit: 10 });

async function run(command: (print: (line: string) => void) => Promise<number>) {
  const lines: string[] = [];
  const code = await command((line) => lines.push(line));
  return { code, lines };
}

test('list names each letter with its error, and how many there are', async () => {
  const [letter] = await letters();
  const { code, lines } = await run((print) => deadLettersList(spine.databases.worker, {}, print));
  expect(code).toBe(0);
  expect(lines).toEqual([
    `${letter?.id}  ${letter?.died_at}  reader  task.deleted  dead  Error: broken`,
    '1 dead letters',
  ]);
  const others = await run((print) => deadLettersList(spine.databases.worker, { consumer: 'other' }, print));
  expect(others.lines).toEqual(['0 dead letters']);
});

test('show prints a letter, and says so when there is none', async () => {
  const [letter] = await letters();
  const { lines } = await run((print) => deadLettersShow(spine.databases.worker, letter?.id ?? '', print));
  expect(lines).toEqual(
    expect.arrayContaining([
      `id: ${letter?.id}`,
      'topic: task-events',
      `space_id: ${letter?.space_id}`,
      `version: ${letter?.version}`,
      'attempts: 3',
      'replayed_at: -',
      'published_at: -',
    ]),
  );
  for (const id of [randomUUIDv7(), 'nonsense']) {
    await expect(deadLettersShow(spine.databases.worker, id, () => {})).rejects.toThrow(
      `There is no dead letter ${id}.`,
    );
  }
});

test('replay is done by the consumer in another process, which is woken, and says what came of it', async () => {
  const [letter] = await letters();
  const id = letter?.id ?? '';
  // The command line is another process: it has wake-ups of its own, and the consumer polls once an hour.
  const wakes = openWakes({ url: spine.urls.worker, onError: () => {} });
  const connected = Promise.withResolvers<void>();
  wakes.subscribe(() => connected.resolve());
  await connected.promise;
  const replay = () => run((print) => deadLettersReplay(spine.databases.worker, wakes, id, print));
  expect(await replay()).toEqual({ code: 1, lines: [`${id} failed again: Error: broken`] });
  broken = false;
  expect(await replay()).toEqual({ code: 0, lines: [`${id} was replayed`] });
  expect((await replay()).lines).toEqual([expect.stringContaining('was replayed already')]);
  expect((await run((print) => deadLettersList(spine.databases.worker, {}, print))).lines).toEqual(['0 dead letters']);
  const all = await run((print) => deadLettersList(spine.databases.worker, { all: true }, print));
  expect(all.lines[0]).toContain('  replayed  ');
  await wakes.close();
});

test('replay says when no consumer has taken the letter up', async () => {
  await reader.stop();
  await spine.databases.owner.sql.rows('update dead_letters set replayed_at = null');
  const [letter] = await letters();
  const { code, lines } = await run((print) =>
    deadLettersReplay(spine.databases.worker, spine.wakes, letter?.id ?? '', print, { patience_ms: 50 }),
  );
  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringContaining('no process that runs the consumer reader has taken it up yet')]);
});
