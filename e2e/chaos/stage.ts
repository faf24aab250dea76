/** Everything that a run needs, started together and stopped together: PostgreSQL, the sink, the programs, and who watches them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChaosCarrier, openChaosCarrier } from './carrier.ts';
import { type ClaimsAtKills, watchClaims } from './claims-at-kills.ts';
import { type DatabaseServer, startDatabaseServer } from './database-server.ts';
import { carriedFailPointNames, failPointNames } from './fail-point-names.ts';
import { type Fleet, startFleet } from './fleet.ts';
import type { ChaosOptions } from './options.ts';
import { type PatientCaller, patientCaller } from './patient-caller.ts';
import { programsOf } from './programs.ts';
import type { Random } from './random.ts';
import { type Sink, startSink } from './sink.ts';

export const programEnv = {
  DAYMARK_RATE_LIMIT_PER_MINUTE: '0',
  DAYMARK_LOG_LEVEL: 'error',
  DAYMARK_WEBHOOK_ALLOW_PRIVATE: '127.0.0.1',
};

/** A receiver takes a while to answer, so that kills find messages under way. */
const HOLD_MIN_MS = 5;
const HOLD_MAX_MS = 60;

/** PostgreSQL complains at length of what is done to it. */
const SAID_CHARACTERS_MAX = 160;

export interface Stage {
  readonly database: DatabaseServer;
  readonly sink: Sink;
  readonly fleet: Fleet;
  /** Null where the programs read the log themselves. */
  readonly carrier: ChaosCarrier | null;
  readonly caller: PatientCaller;
  readonly claims: ClaimsAtKills;
  /** Stops everything and removes it. May be called after a failure. */
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly options: Pick<ChaosOptions, 'bus' | 'split' | 'kills'>;
  readonly random: Random;
  readonly failPointKillsByNow: () => number;
  readonly say: (line: string) => void;
}

export async function openStage({ options, random, failPointKillsByNow, say }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-chaos-'));
  const ends: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (let end = ends.pop(); end; end = ends.pop()) await end();
  };
  try {
    const holds = random.fork('holds');
    const sink = await startSink({ subjectOf: reminderOf, hold_ms: () => holds.between(HOLD_MIN_MS, HOLD_MAX_MS) });
    ends.push(() => sink.stop());
    const database = await startDatabaseServer({
      folder: join(folder, 'database'),
      say: (line) => say(line.slice(0, SAID_CHARACTERS_MAX)),
    });
    ends.push(() => database.stop());
    const claims = watchClaims(database);
    const carrier = await openChaosCarrier(options.bus, {
      folder: join(folder, 'carrier'),
      random: random.fork('carrier'),
    });
    if (carrier) ends.push(() => carrier.stop());
    const programs = programsOf(options);
    const launched = programs.map(async (program) => ({
      ...{ name: program.name, args: [`--target=${program.targets}`] },
      ...(carrier && program.carries && { env: await carrier.envOf(program) }),
    }));
    let requestsTo: (url: string) => number = () => 0;
    const fleet = await startFleet({
      folder,
      database,
      programs: await Promise.all(launched),
      env: programEnv,
      random,
      failPoints: carrier ? [...failPointNames, ...carriedFailPointNames] : failPointNames,
      killsMax: options.kills,
      failPointKillsByNow,
      onDeath: () => void claims.ask(),
      portsInFlight: sink.portsInFlight,
      requestsTo: (url) => requestsTo(url),
    });
    ends.push(() => fleet.stop());
    const caller = patientCaller(
      fleet.members.filter((_member, index) => programs[index]?.serves).map((member) => member.url),
    );
    requestsTo = caller.requestsTo;
    return { database, sink, fleet, carrier, caller, claims, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A reminder tells once in a run, whatever round it counts: so its id is what a message is about. */
export function reminderOf(body: unknown): string | null {
  const { data } = (body ?? {}) as { data?: { reminder_id?: unknown } };
  return typeof data?.reminder_id === 'string' ? data.reminder_id : null;
}
