/** Gathers what a run found, from the sink, the tables and the fleet. */
import type { ClockJumpFacts } from './clock-jumps.ts';
import { carriedFailPointNames, failPointNames } from './fail-point-names.ts';
import { filingFacts, type ReminderFact, reminderFacts, type SeriesFact, seriesFacts } from './ledger-facts.ts';
import { latenessOutside, type Timed } from './outages.ts';
import type { Reconciled } from './reconcile.ts';
import type { ChaosFacts } from './report.ts';
import type { SecondDecisions } from './second-decisions.ts';
import type { SeriesWork } from './series-work.ts';
import type { Stage } from './stage.ts';

export interface Gathered {
  /** Reminders that were acknowledged: id → when they are to remind. */
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly series: readonly SeriesWork[];
  readonly secondDecisions: SecondDecisions;
  readonly reconcile: Reconciled;
  readonly clockJumps: ClockJumpFacts | null;
}

export async function gatherFacts(stage: Stage, gathered: Gathered): Promise<ChaosFacts> {
  const { database, sink, fleet, carrier, claims } = stage;
  const { acknowledged, series, secondDecisions, reconcile, clockJumps } = gathered;
  const reminders = await reminderFacts(database);
  const known = await seriesFacts(database);
  const received = [...sink.received.values()];
  const arrived = new Map(received.map(({ subject, arrivals_ms }) => [subject, arrivals_ms[0] ?? 0]));
  const tally = sink.tally();
  const outages = [...fleet.outages(), ...database.outages, ...(carrier?.outages ?? [])];
  const byCause = (cause: string) => fleet.deaths.filter((death) => death.cause === cause);
  const killed = fleet.deaths.filter(({ cause }) => cause !== 'itself');
  return {
    planned: acknowledged.size,
    fired: reminders.filter(({ state }) => state === 'due').length,
    inApp: reminders.reduce((sum, { notifications }) => sum + notifications, 0),
    handedOver: arrived.size,
    lost: lostOf(acknowledged, reminders, arrived),
    effectiveDuplicates: [
      ...new Set([
        ...tally.effectiveDuplicates,
        ...reminders.flatMap(({ id, notifications }) => (notifications > 1 ? [id] : [])),
      ]),
    ],
    rawDuplicates: tally.rawDuplicates,
    unexplainedDuplicates: received.flatMap(({ key, count }) => (count > 1 && !claims.ids.has(key) ? [key] : [])),
    messagesInFlight: claims.ids.size,
    secondDecisions,
    inAppLateness: latenessOutside(
      outages,
      timed(acknowledged, new Map(reminders.flatMap(({ id, told_ms }) => (told_ms === null ? [] : [[id, told_ms]])))),
    ),
    webhookLateness: latenessOutside(outages, timed(acknowledged, arrived)),
    completions: series.reduce((sum, { completions }) => sum + completions, 0),
    successors: known.reduce((sum, { instances }) => sum + instances - 1, 0),
    brokenSeries: brokenOf(series, known),
    kills: {
      atMoments: byCause('moment').length,
      atFailPoints: Object.fromEntries(
        [...failPointNames, ...(carrier ? carriedFailPointNames : [])].map((name) => [
          name,
          fleet.deaths.filter(({ failPoint }) => failPoint?.startsWith(`${name}@`)).length,
        ]),
      ),
      withWorkInFlight: killed.filter(({ inFlight }) => (inFlight ?? 0) > 0).length,
    },
    postgresKills: database.outages.length,
    carrierKills: carrier?.outages.map(({ what }) => what) ?? [],
    filing: await filingFacts(database),
    endedByThemselves: byCause('itself').length,
    clockJumps,
    reconcile,
  };
}

function lostOf(
  acknowledged: ReadonlyMap<string, number>,
  reminders: readonly ReminderFact[],
  arrived: ReadonlyMap<string, number>,
): string[] {
  const told = new Set(reminders.flatMap(({ id, notifications }) => (notifications > 0 ? [id] : [])));
  return [...acknowledged.keys()].flatMap((id) => {
    const missing = [...(told.has(id) ? [] : ['not in the inbox']), ...(arrived.has(id) ? [] : ['not handed over'])];
    return missing.length > 0 ? [`${id} (${missing.join(', ')})`] : [];
  });
}

function timed(acknowledged: ReadonlyMap<string, number>, done: ReadonlyMap<string, number>): Timed[] {
  return [...acknowledged].flatMap(([id, due_ms]) => {
    const done_ms = done.get(id);
    return done_ms === undefined ? [] : [{ due_ms, done_ms }];
  });
}

/** Each instance but the newest is completed, the numbers have no gap, and as many are completed as were acknowledged. */
function brokenOf(worked: readonly SeriesWork[], known: readonly SeriesFact[]): string[] {
  return worked.flatMap(({ seriesId, completions }) => {
    const fact = known.find(({ id }) => id === seriesId);
    const isWhole =
      fact !== undefined &&
      fact.completed === completions &&
      fact.instances === completions + 1 &&
      fact.numbers === fact.instances &&
      fact.highest === fact.instances;
    return isWhole ? [] : [`${seriesId} ${JSON.stringify(fact ?? 'is not there')} of ${completions}`];
  });
}
