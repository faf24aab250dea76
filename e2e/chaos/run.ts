/**
 * A chaos run from start to end: people book tasks with reminders, and complete instances of series, while programs and PostgreSQL are
 * killed; then everything comes to rest and is counted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeBookings, planBookings } from './booking.ts';
import { runClockJumps } from './clock-jumps.ts';
import { databaseEndings } from './database-server.ts';
import { gatherFacts } from './facts.ts';
import { fleetSecret } from './fleet.ts';
import { unsentReasons, unsettled } from './ledger-facts.ts';
import { momentsOver } from './moments.ts';
import type { ChaosOptions } from './options.ts';
import { gatherParticipants, type Participant, participantsFor } from './participants.ts';
import { type Random, seededRandom } from './random.ts';
import { runReconcile } from './reconcile.ts';
import { type ChaosFacts, faultsOf } from './report.ts';
import { dropUniqueIndexes, type SecondScheduler, secondScheduler } from './second-decisions.ts';
import { type SeriesWork, workOnSeries } from './series-work.ts';
import { openStage, type Stage } from './stage.ts';

/** The others die at fail points; what those do not use up is made good at the end. */
const KILLS_AT_MOMENTS_SHARE = 0.5;
/** When those are made good, in the last part of the run. */
const TOP_UP_SHARE = 0.92;
const TOP_UP_PAUSE_MS = 300;
const SERIES_WORKERS = 4;
const SECOND_DECISION_EVERY_MS = 1_000;
/** A claim whose holder forgot it lasts a minute; messages that failed are tried again after seconds. */
const REST_MAX_MS = 150_000;
const REST_LOOK_MS = 500;
const LAST_WORDS_SAID_MAX = 200;
const FINDINGS_SAID_MAX = 10;
/** What was recorded last lies behind what the reconciliation leaves out. */
const REST_BEFORE_RECONCILE_MS = 1_500;

export interface ChaosOutcome {
  readonly facts: ChaosFacts;
  readonly faults: readonly string[];
}

export interface RunSurroundings {
  /** Told what goes on. */
  readonly say: (line: string) => void;
  /** Ends the run early; it then throws. */
  readonly signal: AbortSignal;
}

/** When the run begins and ends, by the machine's clock. */
interface Span {
  from_ms: number;
  duration_ms: number;
}

/** Throws when the run could not be made, for instance because a program answers what it must not. */
export async function runChaos(options: ChaosOptions, { say, signal }: RunSurroundings): Promise<ChaosOutcome> {
  const random = seededRandom(options.seed);
  const span: Span = { from_ms: Number.POSITIVE_INFINITY, duration_ms: options.seconds * 1000 };
  const atMoments = Math.floor(options.kills * KILLS_AT_MOMENTS_SHARE);
  const share = () => Math.min(1, Math.max(0, (Date.now() - span.from_ms) / span.duration_ms));
  const failPointKillsByNow = () => Math.ceil((options.kills - atMoments) * share());
  const stage = await openStage({ options, random, failPointKillsByNow, say });
  try {
    const { database, sink, fleet } = stage;
    const count = participantsFor(options.reminders);
    say(`${fleet.members.length} programs serve; ${count} people sign up`);
    // The first program always serves.
    const url = fleet.members[0]?.url ?? '';
    const participants = await gatherParticipants(url, { count, sinkUrl: sink.url });
    if (options.withoutUniqueIndex) await dropUniqueIndexes(database);
    const scheduler = secondScheduler(database);
    const { acknowledged, series } = await underFire(stage, {
      ...{ options, random, participants, scheduler, span, atMoments, say, signal },
    });
    say('no more kills; everything comes to rest');
    fleet.calm();
    await rest(stage, { say, signal });
    for (const { member, lastWords } of fleet.deaths.filter(({ cause }) => cause === 'itself')) {
      say(`${member} ended by itself: ${lastWords.slice(0, LAST_WORDS_SAID_MAX)}`);
    }
    await fleet.stop();
    await sleep(REST_BEFORE_RECONCILE_MS);
    const reconcile = await runReconcile({ DATABASE_URL: database.ownerUrl, DAYMARK_SECRET: fleetSecret });
    for (const finding of reconcile.findings.slice(0, FINDINGS_SAID_MAX)) say(`reconcile: ${finding}`);
    const clockJumps = options.clockJumps ? await runClockJumps({ say, signal }) : null;
    const facts = await gatherFacts(stage, {
      ...{ acknowledged, series, reconcile, clockJumps },
      secondDecisions: scheduler.count(),
    });
    return { facts, faults: faultsOf(facts, options) };
  } finally {
    await stage.stop();
  }
}

interface FireOptions {
  readonly options: ChaosOptions;
  readonly random: Random;
  readonly participants: readonly Participant[];
  readonly scheduler: SecondScheduler;
  readonly span: Span;
  readonly atMoments: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The part in which things are killed. The first of its strands that fails ends the others. */
async function underFire(
  stage: Stage,
  given: FireOptions,
): Promise<{ acknowledged: Map<string, number>; series: SeriesWork[] }> {
  const { options, random, participants, scheduler, span, say } = given;
  const plan = planBookings({
    reminders: options.reminders,
    participants: participants.length,
    duration_ms: span.duration_ms,
    now_ms: Date.now(),
  });
  span.from_ms = plan.from_ms;
  const failed = new AbortController();
  const signal = AbortSignal.any([given.signal, failed.signal]);
  const strand = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const until = async (share: number) =>
    sleep(Math.max(0, span.from_ms + span.duration_ms * share - Date.now()), undefined, { signal });
  const isOver = () => signal.aborted || Date.now() > span.from_ms + span.duration_ms;

  const acknowledged = new Map<string, number>();
  const workers = Array.from({ length: SERIES_WORKERS }, (_, index) => {
    const worker = participants[index % participants.length] as Participant;
    return strand(workOnSeries(stage.caller, worker, { random: random.fork(`series ${index}`), isOver }));
  });
  const [, , , , , , ...series] = await Promise.all([
    strand(makeBookings(stage.caller, participants, { ...plan, acknowledged, signal })),
    strand(killPrograms(stage, { ...given, until, isOver })),
    strand(stopPostgres(stage, { ...given, until })),
    strand(killCarrier(stage, { ...given, until })),
    strand(decideAgain(scheduler, { isOver })),
    strand(tellProgress(stage, { until, say })),
    ...workers,
  ]);
  return { acknowledged, series };
}

type Until = (share: number) => Promise<void>;

async function killPrograms(
  { fleet }: Stage,
  { options, random, span, atMoments, until, isOver }: FireOptions & { until: Until; isOver: () => boolean },
): Promise<void> {
  const { duration_ms } = span;
  for (const at_ms of momentsOver(random.fork('moments'), { count: atMoments, duration_ms })) {
    await until(Math.min(TOP_UP_SHARE, at_ms / duration_ms));
    await fleet.killOne();
  }
  await until(TOP_UP_SHARE);
  while (fleet.kills() < options.kills && !isOver()) {
    await fleet.killOne();
    await sleep(TOP_UP_PAUSE_MS);
  }
}

async function stopPostgres(
  { database, claims }: Stage,
  { options, random, span, until, say }: FireOptions & { until: Until },
): Promise<void> {
  const draws = random.fork('postgres');
  const { duration_ms } = span;
  for (const at_ms of momentsOver(draws, { count: options.postgresKills, duration_ms })) {
    await until(at_ms / duration_ms);
    const how = draws.pick(databaseEndings);
    say(`PostgreSQL is stopped: ${how}`);
    await claims.ask();
    await database.end(how);
    await claims.ask();
  }
}

async function killCarrier(
  { carrier }: Stage,
  { options, random, span, until, say }: FireOptions & { until: Until },
): Promise<void> {
  if (!carrier) return;
  const { duration_ms } = span;
  for (const at_ms of momentsOver(random.fork('carrier kills'), { count: options.carrierKills, duration_ms })) {
    await until(at_ms / duration_ms);
    say(`killed: ${await carrier.killOne()}`);
  }
}

async function decideAgain(scheduler: SecondScheduler, { isOver }: { isOver: () => boolean }): Promise<void> {
  while (!isOver()) {
    await scheduler.decide();
    await sleep(SECOND_DECISION_EVERY_MS);
  }
}

async function tellProgress(
  { sink, fleet, database }: Stage,
  { until, say }: { until: Until; say: (line: string) => void },
): Promise<void> {
  for (let tenth = 1; tenth <= 10; tenth++) {
    await until(tenth / 10);
    const { keys } = sink.tally();
    say(
      `${tenth * 10} %: ${keys} messages, ${fleet.kills()} kills, PostgreSQL stopped ${database.outages.length} times`,
    );
  }
}

/** Until nothing is left to be done, or it takes too long: what is missing then is counted as lost. */
async function rest({ database, fleet, claims }: Stage, { say, signal }: RunSurroundings): Promise<void> {
  const deadline = performance.now() + REST_MAX_MS;
  for (;;) {
    const left = await unsettled(database);
    const isAtRest = Object.values(left).every((count) => count === 0);
    if (isAtRest && fleet.members.every((member) => member.serves())) break;
    if (performance.now() > deadline) {
      say(`it does not come to rest: ${JSON.stringify(left)} ${JSON.stringify(await unsentReasons(database))}`);
      break;
    }
    await sleep(REST_LOOK_MS, undefined, { signal });
  }
  await claims.answered();
}
