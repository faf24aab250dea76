/** The frame of the chaos run: programs and PostgreSQL are killed and come back, and it is known what they had in hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signUp } from '../people.ts';
import { type DatabaseServer, databaseEndings, startDatabaseServer } from './database-server.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { patientCaller } from './patient-caller.ts';
import { seededRandom } from './random.ts';

const kills = 4;
const poll_ms = 20;

let folder: string;
let database: DatabaseServer;
let fleet: Fleet;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daymark-chaos-'));
  database = await startDatabaseServer({ folder: join(folder, 'database'), say: () => {} });
});
afterEach(async () => {
  await fleet?.stop();
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('two programs and their PostgreSQL are killed again and again, and what was acknowledged is there', async () => {
  let requestsTo: (url: string) => number = () => 0;
  fleet = await startFleet({
    folder,
    database,
    programs: [
      { name: 'first', args: ['--target=api'] },
      { name: 'second', args: ['--target=all'] },
    ],
    env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0' },
    random: seededRandom(11),
    failPoints: [],
    killsMax: kills,
    failPointKillsByNow: () => 0,
    onDeath: () => {},
    portsInFlight: () => [],
    requestsTo: (url) => requestsTo(url),
  });
  const urls = fleet.members.map((member) => member.url);
  const caller = patientCaller(urls);
  requestsTo = caller.requestsTo;
  const ada = await signUp(urls[0] as string, 'Ada');

  const acknowledged = new Set<string>();
  let working = true;
  const worker = async () => {
    while (working) {
      const { status, body } = await caller.call<{ id: string }>(ada.bearer, 'POST', '/api/v1/tasks', {
        title: 'Work',
      });
      expect(status).toBe(201);
      acknowledged.add(body.id);
    }
  };
  const workers = Promise.all([worker(), worker(), worker()]);
  for (const ending of databaseEndings) {
    while (!fleet.members.every((member) => member.serves())) await sleep(poll_ms);
    expect(await fleet.killOne()).toBe(true);
    await database.end(ending);
  }
  while (fleet.kills() < kills) {
    await fleet.killOne();
    await sleep(poll_ms);
  }
  expect(await fleet.killOne()).toBe(false);
  while (!fleet.members.every((member) => member.serves())) await sleep(poll_ms);
  working = false;
  await workers;

  const found = await database.rows<{ id: string }>('select id from tasks');
  expect([...acknowledged].filter((id) => !found.some((task) => task.id === id))).toEqual([]);
  // A repeated request is the same one: no more tasks than were acknowledged.
  expect(found).toHaveLength(acknowledged.size);

  const killed = fleet.deaths.filter(({ cause }) => cause === 'moment');
  expect(killed).toHaveLength(kills);
  // Three clients write without a pause, so a kill without anything in hand would be an error in counting.
  expect(killed.some(({ inFlight }) => (inFlight ?? 0) > 0)).toBe(true);
  expect(database.outages.map(({ what, to_ms }) => [what, to_ms !== null])).toEqual(
    databaseEndings.map(() => ['postgres', true]),
  );
  expect(fleet.outages().every(({ from_ms, to_ms }) => to_ms !== null && to_ms > from_ms)).toBe(true);
  expect(fleet.outages().length).toBeGreaterThanOrEqual(kills);
  expect(await fleet.stop()).toEqual({ first: 0, second: 0 });
});
