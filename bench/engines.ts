/** What carries events: the relay against a bare loop of the same client, and a change on its way to a handler in another process. */
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../packages/server/src/store/database.ts';
import type { CarrierLoop } from './bare/carrier-loop.ts';
import { fillLog } from './data/fill-log.ts';
import { makeSpaces } from './data/fill-spaces.ts';
import { type BenchEngine, type EngineName, engineNames, startBenchEngine } from './engines/bench-engine.ts';
import type { HandlerProcess } from './engines/handler-process.ts';
import type { Pass } from './engines/pass.ts';
import type { RelayProcess } from './engines/relay-process.ts';
import { wallClock_ms } from './engines/wall-clock.ts';
import { startOwnProcess } from './frame/own-process.ts';
import { settle } from './frame/processes.ts';
import { atLeast, type Bench, type BenchOptions, below, latency, type Report, short } from './frame/report.ts';
import { type Measured, median, summarise } from './frame/rounds.ts';
import { openWorld, openYardstickDatabase, type World } from './frame/world.ts';

const long = { events: 40_000, spaces: 1_000, rounds: 3, people: 10, changes: 500 };
const quickly = { events: 4_000, spaces: 200, rounds: 1, people: 4, changes: 60 };
const changesPerSecond = 50;
/** Before the measured changes, for connections, groups and compiled code. */
const warmUpChanges = 50;
const arrivalMax_ms = 30_000;

const ratioMin = 0.5;
const relayMin: Record<EngineName, number> = { postgres: 0, kafka: 10_000, dapr: 4_000 };
const handlerP50Max_ms = 15;

export const measureEngines: Bench = async (options) => {
  const reports: Report[] = [];
  for (const name of engineNames) reports.push(await measureEngine(name, options));
  return {
    figures: reports.flatMap(({ figures }) => figures),
    targets: reports.flatMap(({ targets }) => targets),
    faults: reports.flatMap(({ faults }) => faults),
  };
};

async function measureEngine(name: EngineName, { quick, say }: BenchOptions): Promise<Report> {
  const size = quick ? quickly : long;
  say(`${name}: starting`);
  const engine = await startBenchEngine(name);
  if (typeof engine === 'string') return { figures: [[name, `not measured: ${engine}`]], targets: [], faults: [] };
  try {
    const world = await openWorld(await engine.envOf('program', 'program-'));
    try {
      say(`${name}: ${size.changes} changes on their way to a handler`);
      const { fromRequest, fromAnswer, missing } = await measureHandler(world, engine, size);
      await settle(world.program);
      say(`${name}: a log of ${size.events} events, ${size.rounds} rounds`);
      const { relay, bare, bytes } = await measureRelay(world, engine, size);
      const ratio = relay.perSecond / bare.perSecond;
      const isCarried = name !== 'postgres';
      return {
        figures: [
          [`${name}: ${isCarried ? 'relay' : 'a consumer that does nothing'}`, passed(relay)],
          [`${name}: ${isCarried ? 'bare loop of the same client' : 'its statements in a bare loop'}`, passed(bare)],
          [`${name}: ratio`, short(ratio)],
          ...(isCarried ? [[`${name}: bare loop of messages that are bytes`, passed(bytes)] as const] : []),
          [`${name}: change to handler, from the request`, latency(fromRequest)],
          [`${name}:   from the answer to it`, latency(fromAnswer)],
        ],
        targets: [
          atLeast(`${name} ratio`, ratio, ratioMin),
          ...(relayMin[name] > 0 ? [atLeast(`${name} relay`, relay.perSecond, relayMin[name], '/s')] : []),
          below(`${name} change to handler p50`, fromRequest.p50, handlerP50Max_ms, ' ms'),
        ],
        faults: missing > 0 ? [`${name}: ${missing} changes did not reach the handler`] : [],
      };
    } finally {
      await world.close();
    }
  } finally {
    await engine.stop();
  }
}

const passed = ({ perSecond, perProcessorSecond }: Pass): string =>
  `${short(perSecond)} events/s, ${short(perProcessorSecond)} for a second of its processor time`;

type Size = typeof long;

/** People change tasks at a steady pace; a process that only handles notes when it got each. */
async function measureHandler(
  world: World,
  engine: BenchEngine,
  size: Size,
): Promise<{ fromRequest: Measured; fromAnswer: Measured; missing: number }> {
  const handler = startOwnProcess<HandlerProcess>(new URL('./engines/handler-process.ts', import.meta.url));
  try {
    const people = await world.people(size.people);
    await handler.ask('open', { env: await engine.envOf('handler', 'program-'), workerUrl: world.urls.worker });
    const change = async (place: number) => {
      const id = randomUUIDv7();
      const sent = wallClock_ms();
      await people[place % people.length]?.must('POST', '/api/v1/tasks', { id, title: `Change ${place}` });
      return { id, sent, answered: wallClock_ms() };
    };
    const warm = await paced(warmUpChanges, change);
    await arrivals(
      handler,
      warm.map(({ id }) => id),
    );
    const changes = await paced(size.changes, change);
    const seen = await arrivals(
      handler,
      changes.map(({ id }) => id),
    );
    const came = changes.flatMap(({ id, ...made }) => (seen.has(id) ? [{ ...made, at: seen.get(id) as number }] : []));
    const duration_ms = (size.changes / changesPerSecond) * 1000;
    return {
      fromRequest: summarise(
        came.map(({ sent, at }) => at - sent),
        duration_ms,
      ),
      fromAnswer: summarise(
        came.map(({ answered, at }) => at - answered),
        duration_ms,
      ),
      missing: changes.length - came.length,
    };
  } finally {
    await handler.stop();
  }
}

/** Begins one after the other at a steady pace, whether or not those before have ended. */
async function paced<T>(count: number, work: (place: number) => Promise<T>): Promise<T[]> {
  const begun = performance.now();
  const all: Promise<T>[] = [];
  for (let place = 0; place < count; place++) {
    await sleep(Math.max(0, begun + (place * 1000) / changesPerSecond - performance.now()));
    all.push(work(place));
  }
  return await Promise.all(all);
}

async function arrivals(
  handler: ReturnType<typeof startOwnProcess<HandlerProcess>>,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const deadline = performance.now() + arrivalMax_ms;
  for (;;) {
    const seen = new Map(await handler.ask('seen', undefined));
    if (ids.every((id) => seen.has(id)) || performance.now() > deadline) return seen;
    await sleep(200);
  }
}

type Passes = Record<'relay' | 'bare' | 'bytes', Pass>;

/** The passes over the same log in turns. It lies in a database beside the program's, whose own relay leaves it alone. */
async function measureRelay(world: World, engine: BenchEngine, size: Size): Promise<Passes> {
  const database = await openYardstickDatabase(world, { people: 1 });
  const owner = openDatabase(database.urls.owner, { name: 'bench', connectionsMax: 2, onError: () => {} });
  const workerUrl = database.urls.worker;
  const loop = new URL('./bare/carrier-loop.ts', import.meta.url);
  const relay = startOwnProcess<RelayProcess>(new URL('./engines/relay-process.ts', import.meta.url));
  const bare = startOwnProcess<CarrierLoop>(loop);
  const bytes = startOwnProcess<CarrierLoop>(loop);
  try {
    const spaces = await makeSpaces(owner, database.places[0]?.personId ?? '', size.spaces);
    await fillLog(owner, spaces, { epoch: database.epoch, events: size.events });
    await owner.sql.dynamicRows('analyze');
    const [counted] = await owner.sql.rows<{ events: number }>('select count(*) as events from events');
    const events = counted?.events ?? 0;
    const env = await engine.envOf('relay', 'relay-');
    await relay.ask('open', { env, workerUrl });
    await bare.ask('open', { env, workerUrl, epoch: database.epoch, written: false });
    await bytes.ask('open', { env, workerUrl, epoch: database.epoch, written: true });
    const asked = { relay: () => relay.ask('pass', { events }), bare: () => bare.ask('pass', { events }) };
    return await inTurns(size.rounds, { ...asked, bytes: () => bytes.ask('pass', { events }) });
  } finally {
    await Promise.all([relay.stop(), bare.stop(), bytes.stop()]);
    await owner.close();
  }
}

async function inTurns(rounds: number, measures: Record<keyof Passes, () => Promise<Pass>>): Promise<Passes> {
  const names = Object.keys(measures) as (keyof Passes)[];
  const found: Record<keyof Passes, Pass[]> = { relay: [], bare: [], bytes: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) found[name].push(await measures[name]());
  }
  return { relay: medianPass(found.relay), bare: medianPass(found.bare), bytes: medianPass(found.bytes) };
}

const medianPass = (all: readonly Pass[]): Pass => ({
  perSecond: median(all.map((pass) => pass.perSecond)),
  perProcessorSecond: median(all.map((pass) => pass.perProcessorSecond)),
});
