/** What a chaos run found, what it must find, and how it is told. Pure: the facts are gathered elsewhere. */
import type { ClockJumpFacts } from './clock-jumps.ts';
import type { FilingFacts } from './ledger-facts.ts';
import type { Lateness } from './outages.ts';
import type { Reconciled } from './reconcile.ts';

export interface ChaosFacts {
  /** Reminders that the programs acknowledged over HTTP. */
  readonly planned: number;
  /** Reminders that are due in the table, and notifications in the application for them. */
  readonly fired: number;
  readonly inApp: number;
  /** Subjects that the sink received. */
  readonly handedOver: number;
  /** Reminders that lack their notification or that the sink never received; named. */
  readonly lost: readonly string[];
  /** Reminders with two notifications, or that the sink received under two keys; named. */
  readonly effectiveDuplicates: readonly string[];
  readonly rawDuplicates: number;
  /** Keys that came twice although no kill found them claimed; named. */
  readonly unexplainedDuplicates: readonly string[];
  /** Messages that were claimed when something was killed. */
  readonly messagesInFlight: number;
  /** Second decisions that the harness, as a scheduler gone wrong, wrote into the ledger, and those that were refused. */
  readonly secondDecisions: { readonly tried: number; readonly refused: number };
  readonly inAppLateness: Lateness;
  readonly webhookLateness: Lateness;
  /** Instances of series that were completed, and the successors that they have. */
  readonly completions: number;
  readonly successors: number;
  /** Series whose instances do not follow one another each once; named. */
  readonly brokenSeries: readonly string[];
  readonly kills: {
    readonly atMoments: number;
    /** Fail point → how many died there. */
    readonly atFailPoints: Readonly<Record<string, number>>;
    readonly withWorkInFlight: number;
  };
  readonly postgresKills: number;
  /** Brokers and sidecars that were killed, by name. */
  readonly carrierKills: readonly string[];
  readonly filing: FilingFacts;
  /** Programs that ended by themselves and were started again. */
  readonly endedByThemselves: number;
  /** What the program under a jumping clock did; null where there was none. */
  readonly clockJumps: ClockJumpFacts | null;
  /** The line of `daymark reconcile` and its exit code. */
  readonly reconcile: Reconciled;
}

export interface ChaosExpectations {
  readonly kills: number;
  readonly postgresKills: number;
  readonly carrierKills: number;
  readonly judgesTimes: boolean;
}

const LATENESS_P99_MAX_MS = 1000;
const IN_FLIGHT_SHARE_MIN = 1 / 3;
const NAMED_MAX = 5;

const killsAtFailPoints = ({ kills }: ChaosFacts) => Object.values(kills.atFailPoints).reduce((a, b) => a + b, 0);
const killsOf = (facts: ChaosFacts) => facts.kills.atMoments + killsAtFailPoints(facts);

/** What is wrong, a sentence each; empty when the run has shown what it must. */
export function faultsOf(facts: ChaosFacts, expected: ChaosExpectations): string[] {
  const kills = killsOf(facts);
  const claims: [isWrong: boolean, fault: string][] = [
    [facts.planned === 0, 'nothing was planned'],
    [facts.lost.length > 0, `lost: ${named(facts.lost)}`],
    [facts.effectiveDuplicates.length > 0, `told twice: ${named(facts.effectiveDuplicates)}`],
    [
      facts.unexplainedDuplicates.length > 0,
      `sent twice without a kill in between: ${named(facts.unexplainedDuplicates)}`,
    ],
    [
      facts.rawDuplicates > facts.messagesInFlight,
      `${facts.rawDuplicates} raw duplicates are more than the ${facts.messagesInFlight} messages in flight at kills`,
    ],
    [
      facts.secondDecisions.refused < facts.secondDecisions.tried,
      `${facts.secondDecisions.tried - facts.secondDecisions.refused} second decisions were taken into the ledger`,
    ],
    [facts.completions !== facts.successors, `${facts.completions} completions have ${facts.successors} successors`],
    [facts.brokenSeries.length > 0, `series with a gap or a double: ${named(facts.brokenSeries)}`],
    [kills < expected.kills, `only ${kills} of ${expected.kills} kills happened`],
    [
      facts.postgresKills < expected.postgresKills,
      `PostgreSQL was stopped ${facts.postgresKills} times, not ${expected.postgresKills}`,
    ],
    [
      facts.carrierKills.length < expected.carrierKills,
      `brokers and sidecars were killed ${facts.carrierKills.length} times, not ${expected.carrierKills}`,
    ],
    [
      facts.filing.filed !== facts.filing.events,
      `of ${facts.filing.events} events ${facts.filing.filed} are in the audit log`,
    ],
    [facts.filing.outOfOrder > 0, `${facts.filing.outOfOrder} events were filed after a later one of their space`],
    [facts.filing.deadLetters > 0, `${facts.filing.deadLetters} events became dead letters`],
    [facts.reconcile.code !== 0, `daymark reconcile ended with ${facts.reconcile.code}`],
  ];
  if (facts.clockJumps) claims.push(...claimsAboutJumps(facts.clockJumps));
  if (expected.judgesTimes) {
    claims.push(
      [
        facts.kills.withWorkInFlight < kills * IN_FLIGHT_SHARE_MIN,
        `${facts.kills.withWorkInFlight} of ${kills} kills hit work in flight, which is less than a third`,
      ],
      ...[facts.inAppLateness, facts.webhookLateness].map(({ p99_ms }): [boolean, string] => [
        p99_ms >= LATENESS_P99_MAX_MS,
        `p99 lateness of ${p99_ms} ms outside outages is not under ${LATENESS_P99_MAX_MS} ms`,
      ]),
    );
  }
  return claims.filter(([isWrong]) => isWrong).map(([, fault]) => fault);
}

function claimsAboutJumps({ planned, lost, twice, reconcile }: ClockJumpFacts): [boolean, string][] {
  return [
    [planned === 0, 'nothing was planned before the clock jumped'],
    [lost.length > 0, `lost when the clock jumped: ${named(lost)}`],
    [twice.length > 0, `told twice when the clock jumped: ${named(twice)}`],
    [reconcile.code !== 0, `daymark reconcile ended with ${reconcile.code} after the jumps: ${reconcile.line}`],
  ];
}

/** The report as lines for people. */
export function reportLines(facts: ChaosFacts): string[] {
  const { kills, inAppLateness, webhookLateness, clockJumps: jumps } = facts;
  const lateness = ({ p50_ms, p99_ms, max_ms, counted }: Lateness) =>
    `p50 ${p50_ms} ms · p99 ${p99_ms} ms · max ${max_ms} ms (${counted} due outside outages)`;
  return [
    `planned ${facts.planned} · fired ${facts.fired} · in-app ${facts.inApp} · handed over ${facts.handedOver} · lost ${facts.lost.length}`,
    `effective duplicates ${facts.effectiveDuplicates.length} · raw duplicates ${facts.rawDuplicates} · messages in flight at kills ${facts.messagesInFlight}`,
    `second decisions tried ${facts.secondDecisions.tried} · refused ${facts.secondDecisions.refused}`,
    `lateness in-app: ${lateness(inAppLateness)}`,
    `lateness webhook: ${lateness(webhookLateness)}`,
    `completions ${facts.completions} · successors ${facts.successors}`,
    `kills ${killsOf(facts)} (${kills.atMoments} at moments, ${killsAtFailPoints(facts)} at fail points), ${kills.withWorkInFlight} with work in flight · PostgreSQL stopped hard ${facts.postgresKills} · programs that ended by themselves ${facts.endedByThemselves}`,
    `killed at ${Object.entries(kills.atFailPoints)
      .map(([name, times]) => `${name} ${times}`)
      .join(' · ')}`,
    `events ${facts.filing.events} · filed ${facts.filing.filed} · out of order ${facts.filing.outOfOrder} · dead letters ${facts.filing.deadLetters}`,
    ...(facts.carrierKills.length > 0 ? [`carriers killed: ${facts.carrierKills.join(', ')}`] : []),
    ...(jumps
      ? [
          `clock jumps ${jumps.jumps} · planned ${jumps.planned} · in-app ${jumps.told} · handed over ${jumps.handedOver} · lost ${jumps.lost.length} · twice ${jumps.twice.length}`,
        ]
      : []),
    facts.reconcile.line,
  ];
}

function named(names: readonly string[]): string {
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  return `${names.slice(0, NAMED_MAX).join(', ')}${more}`;
}
