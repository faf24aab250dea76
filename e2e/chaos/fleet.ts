/**
 * Several programs against one PostgreSQL, each on a port and with modules of its own, killed at random moments and at fail points
 * and started again, until as many kills have happened as were asked for.
 */
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { DatabaseServer } from './database-server.ts';
import { localPortsOf } from './local-ports.ts';
import { type Death, type Member, startMember } from './member.ts';
import type { Outage } from './outages.ts';
import type { Random } from './random.ts';

/** From it the programs derive the passwords of their logins. */
export const fleetSecret = 'a secret of chaos runs and of nothing else';

/** A fail point kills at one of its first passings; which one is drawn. */
const PASSINGS_MAX = 12;

export interface Fleet {
  readonly members: readonly Member[];
  readonly deaths: readonly Death[];
  outages(): Outage[];
  /** Kills that were meant: at moments and at fail points. */
  kills(): number;
  /** Kills a program at this moment, one that runs. False when none does, or when enough have been killed. */
  killOne(): Promise<boolean>;
  /** No further kills: programs that start from now on carry no fail point. */
  calm(): void;
  /** Ends all in order; their exit codes by name. */
  stop(): Promise<Record<string, number | null>>;
}

export interface FleetOptions {
  readonly folder: string;
  readonly database: DatabaseServer;
  /** The programs: a name, the flags, such as `--target=api,web`, and what is in its environment alone. */
  readonly programs: readonly { name: string; args: readonly string[]; env?: Readonly<Record<string, string>> }[];
  readonly env: Readonly<Record<string, string>>;
  readonly random: Random;
  /** Names of fail points to draw from; none for kills at moments alone. */
  readonly failPoints: readonly string[];
  readonly killsMax: number;
  /** How many kills at fail points may have happened by now, so that they are spread over the run. */
  readonly failPointKillsByNow: () => number;
  /** Told of each death when it has happened. */
  readonly onDeath: () => void;
  /** The ports of senders whose messages somebody is just receiving. */
  readonly portsInFlight: () => readonly number[];
  /** Requests that the harness has sent to a program and that are not answered. */
  readonly requestsTo: (url: string) => number;
}

/** Starts all of them, one after the other: the first one migrates. Throws when one does not start. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const { random, database, killsMax } = options;
  const draws = random.fork('kills');
  const deaths: Death[] = [];
  const members: Member[] = [];
  let isCalm = false;

  const kills = () => deaths.filter(({ cause }) => cause !== 'itself').length;
  const isEnough = () => isCalm || kills() >= killsMax;
  const armed = () => members.filter((member) => member.failPoint() !== null).length;
  const atFailPoints = () => deaths.filter(({ cause }) => cause === 'fail point').length;

  /** The fail points at which the fewest died or are about to: in a run of some length each has its turn. */
  const rarest = () => {
    const used = [...deaths, ...members.map((member) => ({ failPoint: member.failPoint() }))];
    const times = (name: string) => used.filter(({ failPoint }) => failPoint?.startsWith(`${name}@`)).length;
    const fewest = Math.min(...options.failPoints.map(times));
    return options.failPoints.filter((name) => times(name) === fewest);
  };

  /** Each armed program will die once, so no more are armed than there are kills to come. */
  const failPointFrom = (source: Random) => () => {
    if (isEnough() || options.failPoints.length === 0 || kills() + armed() >= killsMax) return null;
    if (atFailPoints() + armed() >= options.failPointKillsByNow()) return null;
    return `${source.pick(rarest())}@${source.between(1, PASSINGS_MAX)}`;
  };

  const inFlightOf = async (pid: number, url: string): Promise<number | null> => {
    const ports = localPortsOf(pid);
    const sending = options.portsInFlight().filter((port) => ports.has(port)).length;
    const busy = await database.busySessions(ports);
    const known = sending + options.requestsTo(url);
    return busy === null ? known || null : known + busy;
  };

  const stop = async () => {
    const ended = members.map(async (member) => [member.name, await member.stop()] as const);
    return Object.fromEntries(await Promise.all(ended));
  };

  try {
    for (const { name, args, env: ownEnv } of options.programs) {
      const own = random.fork(name);
      const dataFolder = join(options.folder, name);
      mkdirSync(dataFolder, { recursive: true });
      const env = { ...options.env, ...ownEnv, DATABASE_URL: database.ownerUrl, DAYMARK_SECRET: fleetSecret };
      const nextFailPoint = failPointFrom(own);
      const onDeath = (death: Death) => {
        deaths.push(death);
        options.onDeath();
      };
      const port = await freePort();
      members.push(
        await startMember({ name, port, args, env, dataFolder, random: own, nextFailPoint, inFlightOf, onDeath }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    members,
    deaths,
    kills,
    stop,
    outages: () => members.flatMap((member) => member.outages),
    async killOne() {
      const running = members.filter((member) => member.pid() !== null);
      if (isEnough() || running.length === 0) return false;
      return draws.pick(running).kill();
    },
    calm() {
      isCalm = true;
    },
  };
}

/** A port that nobody has now; a program that is started again takes the same one. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
