/** The targets in two replicas each, behind an ingress, while people work: every process is restarted in order, and nobody notices. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { unsettled } from './chaos/ledger-facts.ts';
import { gatherParticipants, type Participant } from './chaos/participants.ts';
import { type PatientCaller, patientCaller } from './chaos/patient-caller.ts';
import { seededRandom } from './chaos/random.ts';
import { runReconcile } from './chaos/reconcile.ts';
import { workOnSeries } from './chaos/series-work.ts';
import { type Sink, startSink } from './chaos/sink.ts';
import { reminderOf } from './chaos/stage.ts';
import { type SplitProgram, startSplitProgram } from './harness/split-program.ts';
import { busOfRun, splitTargets } from './harness/topology.ts';
import { type Client, signUp } from './people.ts';
import { type Device, openDevice } from './sync/device.ts';

const STOP_MAX_MS = 30_000;
const PARTICIPANTS = 4;
const REPLICAS = 2;
/** A task with a reminder is made at this pace by each participant; it falls due some seconds later, during the restarts. */
const BOOK_EVERY_MS = 250;
const LEAD_MS = 6_000;
const REST_MAX_MS = 60_000;
const REST_LOOK_MS = 250;
/** The reconciliation leaves out what is younger than a second. */
const GRACE_MS = 1_500;
/** A minute or two on a machine with nothing else to do. */
const patience_ms = 15 * 60_000;

let program: SplitProgram | undefined;
let sink: Sink | undefined;
let device: Device | undefined;

afterEach(async () => {
  device?.close();
  await program?.stop();
  await sink?.stop();
});

const env = {
  DAYMARK_RATE_LIMIT_PER_MINUTE: '0',
  DAYMARK_LOG_LEVEL: 'warn',
  DAYMARK_WEBHOOK_ALLOW_PRIVATE: '127.0.0.1',
  // What the ingress of the test takes to notice that a process is leaving, and then some.
  DAYMARK_DRAIN_PAUSE_SECONDS: '1',
};

/** Books tasks that remind soon, until it is over. Answers the reminders that were acknowledged. */
async function book(caller: PatientCaller, { bearer }: Participant, isOver: () => boolean): Promise<string[]> {
  const acknowledged: string[] = [];
  while (!isOver()) {
    const at = new Date(Date.now() + LEAD_MS).toISOString();
    const body = { title: 'Come', reminders: [{ at }] };
    const made = await caller.call<{ reminders: { id: string }[] }>(bearer, 'POST', '/api/v1/tasks', body);
    expect(made.status).toBe(201);
    acknowledged.push(...made.body.reminders.map(({ id }) => id));
    await sleep(BOOK_EVERY_MS);
  }
  return acknowledged;
}

/** Asks what people look at, pages as well, until it is over. Answers how often. */
async function look(
  caller: PatientCaller,
  url: string,
  { bearer }: Participant,
  isOver: () => boolean,
): Promise<number> {
  let looks = 0;
  while (!isOver()) {
    for (const path of ['/tasks?limit=20', '/notifications', '/sync?since=0&limit=1']) {
      const { status } = await caller.call(bearer, 'GET', `/api/v1${path}`);
      expect([path, status]).toEqual([path, 200]);
      looks += 1;
    }
    expect((await fetch(`${url}/today`, { headers: { accept: 'text/html' } })).status).toBe(200);
    looks += 1;
    await sleep(BOOK_EVERY_MS);
  }
  return looks;
}

/** Where a sidecar goes and comes with each process, one of two has to show what both would. */
const restartedOfEach = (): number => (busOfRun() === 'dapr' ? 1 : REPLICAS);

/** Stops each process and starts another in its place, one after the other. Answers how each ended and how long it took. */
async function restartAll(running: SplitProgram): Promise<{ target: string; code: number | null; took_ms: number }[]> {
  const endings: { target: string; code: number | null; took_ms: number }[] = [];
  for (const target of splitTargets) {
    for (const replica of running.replicas(target).slice(0, restartedOfEach())) {
      const from = performance.now();
      const code = await replica.stop();
      endings.push({ target, code, took_ms: Math.round(performance.now() - from) });
      await running.addReplica(target);
    }
  }
  return endings;
}

async function untilAtRest(databaseUrl: string): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const rows = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
    (await client.query<Row>(text, values)).rows;
  try {
    for (const deadline = performance.now() + REST_MAX_MS; ; await sleep(REST_LOOK_MS)) {
      const left: Record<string, number> = { ...(await unsettled({ rows })) };
      if (Object.values(left).every((count) => count === 0) || performance.now() > deadline) return left;
    }
  } finally {
    await client.end();
  }
}

async function changesOf(person: Client): Promise<number> {
  const answer = await person.must<{ version: number }>('GET', '/api/v1/sync?since=0&limit=1');
  return answer.version;
}

test('every process of every target is restarted while people work: no request fails, nothing is lost and nothing comes twice', {
  timeout: patience_ms,
  // It takes minutes, and what it finds is not for a second try to cover.
  retry: 0,
}, async () => {
  sink = await startSink({ subjectOf: reminderOf });
  program = await startSplitProgram({ env }, { replicas: REPLICAS });
  const { url, databaseUrl, dataFolder } = program;
  const participants = await gatherParticipants(url, { count: PARTICIPANTS, sinkUrl: sink.url });
  const follower = await signUp(url, 'Follower');
  device = openDevice(follower, 'websocket');
  const caller = patientCaller([url]);
  let over = false;
  const isOver = () => over;
  const random = seededRandom(11);
  const work = Promise.all([
    Promise.all(participants.map((one) => book(caller, one, isOver))),
    Promise.all(participants.map((one, at) => workOnSeries(caller, one, { random: random.fork(`${at}`), isOver }))),
    look(caller, url, participants[0] as Participant, isOver),
    book(caller, { bearer: follower.bearer, userId: follower.userId }, isOver),
  ]);
  const endings = await Promise.race([restartAll(program), work.then(() => [])]);
  over = true;
  const [booked, series, looks] = await work;

  expect(endings).toHaveLength(restartedOfEach() * splitTargets.length);
  expect(endings.filter(({ code, took_ms }) => code !== 0 || took_ms > STOP_MAX_MS)).toEqual([]);
  // A request that found a process leaving went to the other one, which the ingress saw to and the client did not.
  expect(caller.firstFailures()).toEqual([]);

  const left = await untilAtRest(databaseUrl);
  expect(Object.entries(left).filter(([, count]) => count !== 0)).toEqual([]);
  const acknowledged = booked.flat();
  const tally = sink.tally();
  const arrived = new Set([...sink.received.values()].map(({ subject }) => subject));
  expect(acknowledged.filter((id) => !arrived.has(id))).toEqual([]);
  expect({ raw: tally.rawDuplicates, effective: tally.effectiveDuplicates }).toEqual({ raw: 0, effective: [] });
  expect(series.every(({ completions }) => completions > 0)).toBe(true);

  const head = await changesOf(follower);
  while (device.versionOf(follower.spaceId) < head && device.failures.length === 0) await sleep(REST_LOOK_MS);
  expect(device.failures).toEqual([]);
  expect(device.snapshots.filter((spaceId) => spaceId === follower.spaceId)).toHaveLength(1);

  await sleep(GRACE_MS);
  const reconciled = await runReconcile({ DATABASE_URL: databaseUrl, DAYMARK_DATA: dataFolder });
  expect(reconciled).toMatchObject({ code: 0, findings: [], line: expect.stringMatching(/lost 0 · duplicate 0/) });
  const slowest = endings.toSorted((a, b) => b.took_ms - a.took_ms)[0];
  const completions = series.reduce((sum, one) => sum + one.completions, 0);
  process.stdout.write(
    `restarted ${endings.length} processes, the slowest, ${slowest?.target}, left in ${slowest?.took_ms} ms; ${acknowledged.length} reminders told, ${completions} completions, ${looks} looks\n`,
  );
});
