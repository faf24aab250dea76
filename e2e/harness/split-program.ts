/** The program with each target in a process of its own, a PostgreSQL that none of them runs, and an ingress before them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carrierFor } from './carrier.ts';
import { startFront } from './front.ts';
import { type OneProcess, startOneProcess } from './one-process.ts';
import type { Program, ProgramOptions } from './program.ts';
import { startSplitDatabase } from './split-database.ts';
import { busOfRun, type SplitTarget, splitTargets } from './topology.ts';

/** More would only take processor time from each other. */
const STARTS_AT_ONCE = 4;

export interface SplitProgram extends Program {
  databaseUrl: string;
  /** The processes that run, by target, in the order of their start. */
  replicas(target: SplitTarget): readonly Replica[];
  /** Starts one more process of a target. */
  addReplica(target: SplitTarget): Promise<Replica>;
}

export interface Replica {
  readonly target: SplitTarget;
  readonly process: OneProcess;
  /** Ends it in order, with what runs beside it. Requests stop coming when it says that it is not ready. Returns the exit code. */
  stop(): Promise<number | null>;
  /** The same where nothing takes its place. */
  end(): Promise<number | null>;
}

/** Which target serves a path. */
export function targetOfPath(path: string): SplitTarget {
  if (/^\/api\/v1\/sync([/?]|$)/.test(path)) return 'sync';
  return /^\/(api|docs|openapi\.json|health|ready|metrics)([/?]|$)/.test(path) ? 'api' : 'web';
}

/** Starts `replicas` processes of each target at once and resolves when all serve. Throws with what was printed when one does not. */
export async function startSplitProgram(
  options: ProgramOptions,
  { replicas = 1 }: { replicas?: number } = {},
): Promise<SplitProgram> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'daymark-split-')));
  const running = new Map<SplitTarget, Replica[]>(splitTargets.map((target) => [target, []]));
  const printed: OneProcess[] = [];
  const front = await startFront((path) => portsOf(running.get(targetOfPath(path)) ?? []));
  const ends: (() => Promise<unknown>)[] = [() => front.stop()];
  const endSurroundings = async () => {
    for (let end = ends.shift(); end; end = ends.shift()) await end();
  };

  const addReplica = async (target: SplitTarget): Promise<Replica> => {
    const carrier = await carrierFor(busOfRun(), { target, dataFolder });
    try {
      const process = await startOneProcess({
        args: [`--target=${target}`, ...(options.args ?? [])],
        dataFolder,
        env: { DATABASE_URL: database.ownerUrl, DAYMARK_PUBLIC_URL: front.url, ...carrier.env, ...options.env },
      });
      printed.push(process);
      const endProcess = () => process.stop().finally(() => remove(running.get(target), replica));
      const replica: Replica = {
        ...{ target, process },
        async stop() {
          // Both are told at once, as the containers of a pod are: a sidecar waits for the process that it stands beside.
          const [code] = await Promise.all([endProcess(), carrier.stop()]);
          return code;
        },
        async end() {
          const code = await endProcess();
          await carrier.kill();
          return code;
        },
      };
      running.get(target)?.push(replica);
      return replica;
    } catch (error) {
      await carrier.kill();
      throw error;
    }
  };

  const all = () => [...running.values()].flat();
  const stopAll = async (): Promise<number | null> => {
    const isFinal = options.dataFolder === undefined;
    const codes = await Promise.all(all().map((replica) => (isFinal ? replica.end() : replica.stop())));
    await endSurroundings();
    if (isFinal) await rm(dataFolder, { recursive: true, force: true });
    return codes.find((code) => code !== 0) ?? 0;
  };

  const database = await startSplitDatabase(dataFolder, surroundingsOf(options.env ?? {})).catch(async (error) => {
    await endSurroundings();
    throw error;
  });
  ends.push(() => database.stop());
  const wanted = splitTargets.flatMap((target) => Array.from({ length: replicas }, () => target));
  try {
    await startSome(wanted, addReplica);
  } catch (error) {
    await stopAll();
    throw error;
  }
  return {
    url: front.url,
    dataFolder,
    databaseUrl: database.ownerUrl,
    replicas: (target) => [...(running.get(target) ?? [])],
    addReplica,
    stop: stopAll,
    async kill(signal) {
      const endings = await Promise.all(all().map((replica) => replica.process.kill(signal)));
      await Promise.all(all().map((replica) => replica.stop()));
      await endSurroundings();
      return endings;
    },
    output: () => ({
      stdout: printed.map((process) => process.output().stdout).join(''),
      stderr: printed.map((process) => process.output().stderr).join(''),
    }),
  };
}

/** Starts all of them, a few at a time and in the order given, and resolves when each has ended its start. Throws the first failure. */
async function startSome(
  wanted: readonly SplitTarget[],
  start: (target: SplitTarget) => Promise<unknown>,
): Promise<void> {
  const waiting = [...wanted];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await start(next);
  };
  const lanes = await Promise.allSettled(Array.from({ length: STARTS_AT_ONCE }, work));
  const failed = lanes.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

const portsOf = (replicas: readonly Replica[]): number[] =>
  replicas.map(({ process }) => Number(new URL(process.url).port));

function remove<Item>(items: Item[] | undefined, item: Item): void {
  const at = items?.indexOf(item) ?? -1;
  if (at >= 0) items?.splice(at, 1);
}

/** Of the environment of a program, what holds for PostgreSQL too: a clock of its own. */
function surroundingsOf(env: Readonly<Record<string, string>>): Record<string, string> {
  const names = /^(LD_PRELOAD|FAKETIME_\w+|DONT_FAKE_MONOTONIC|NO_FAKE_STAT|NODE_OPTIONS)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.test(name)));
}
