/**
 * One program of the fleet, kept running: whenever it ends it is started again, on the same port, after a short while. It is killed in two
 * ways: at a moment from outside, and at a fail point that it was given at its start and where it kills itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ending, type OneProcess, startOneProcess } from '../harness/one-process.ts';
import type { Outage } from './outages.ts';
import type { Random } from './random.ts';

const RESTART_MIN_MS = 100;
const RESTART_MAX_MS = 1000;
const LAST_WORDS_CHARACTERS_MAX = 600;

export interface Death {
  readonly member: string;
  readonly at_ms: number;
  /** `itself`: it ended with an exit code and nobody killed it, for instance because PostgreSQL was down when it started. */
  readonly cause: 'moment' | 'fail point' | 'itself';
  /** The fail point with its passing where that was the cause. */
  readonly failPoint: string | null;
  readonly whileStarting: boolean;
  /** What it had in hand: null when nobody could be asked. At a fail point it is by its nature in the midst of something. */
  readonly inFlight: number | null;
  /** The end of what it printed, where it ended by itself. */
  readonly lastWords: string;
}

export interface Member {
  readonly name: string;
  readonly url: string;
  readonly outages: readonly Outage[];
  /** Null between its end and its next start. */
  pid(): number | null;
  serves(): boolean;
  /** The fail point that it carries now. */
  failPoint(): string | null;
  /** Kills it where it stands. False when there is nothing to kill. */
  kill(): Promise<boolean>;
  /** Ends it in order and resolves with its exit code; null where it did not run. */
  stop(): Promise<number | null>;
}

export interface MemberOptions {
  name: string;
  port: number;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  dataFolder: string;
  random: Random;
  /** The fail point of the next start, `name@n`; null for none. */
  nextFailPoint: () => string | null;
  /** How much work a process has in hand; asked while the process is halted. */
  inFlightOf: (pid: number, url: string) => Promise<number | null>;
  onDeath: (death: Death) => void;
}

/** Starts it and resolves when it serves for the first time, which it does without a fail point. Throws when it does not. */
export async function startMember(options: MemberOptions): Promise<Member> {
  const { name, port, random } = options;
  const outages: Outage[] = [];
  let pid: number | null = null;
  let program: OneProcess | null = null;
  let failPoint: string | null = null;
  let killed: { inFlight: number | null } | null = null;
  let stopping = false;

  const start = async (): Promise<OneProcess> => {
    const env = { ...options.env, PORT: String(port), ...(failPoint !== null && { DAYMARK_FAIL_POINT: failPoint }) };
    const onLaunch = (id: number) => {
      pid = id;
    };
    return startOneProcess({ args: [...options.args], dataFolder: options.dataFolder, env, onLaunch });
  };

  /** One life, from the start to the end; resolves with how it ended. */
  const live = async (): Promise<Ending> => {
    try {
      program = await start();
    } catch (error) {
      const ending = (error as Error).cause as Ending | undefined;
      if (ending === undefined) throw error;
      return ending;
    }
    const outage = outages.at(-1);
    if (outage) outage.to_ms ??= Date.now();
    return program.ended;
  };

  const noteDeath = ({ signal, stdout, stderr }: Ending) => {
    const byItself = killed === null && !(signal === 'SIGKILL' && failPoint !== null);
    const cause = killed ? 'moment' : byItself ? 'itself' : 'fail point';
    options.onDeath({
      member: name,
      at_ms: Date.now(),
      cause,
      failPoint: cause === 'fail point' ? failPoint : null,
      whileStarting: program === null,
      inFlight: killed ? killed.inFlight : cause === 'fail point' ? 1 : 0,
      lastWords: byItself ? `${stdout}${stderr}`.trim().slice(-LAST_WORDS_CHARACTERS_MAX) : '',
    });
  };

  const keepRunning = async (first: Promise<Ending>): Promise<void> => {
    for (let life = first; ; life = live()) {
      const ending = await life;
      if (stopping) return;
      if (outages.at(-1)?.to_ms !== null) outages.push({ what: name, from_ms: Date.now(), to_ms: null });
      noteDeath(ending);
      failPoint = null;
      pid = null;
      program = null;
      killed = null;
      await sleep(random.between(RESTART_MIN_MS, RESTART_MAX_MS));
      if (stopping) return;
      failPoint = options.nextFailPoint();
    }
  };

  program = await start();
  const done = keepRunning(program.ended);
  // Whoever stops the member sees what went wrong.
  done.catch(() => {});

  return {
    name,
    url: program.url,
    outages,
    pid: () => pid,
    serves: () => program !== null && killed === null,
    failPoint: () => failPoint,
    async kill() {
      const target = pid;
      if (target === null || killed !== null || stopping) return false;
      // Halted first, so that what it has in hand is counted as it is when it dies.
      if (!signal(target, 'SIGSTOP')) return false;
      killed = { inFlight: null };
      const from_ms = Date.now();
      const inFlight = await options.inFlightOf(target, `http://localhost:${port}`);
      // A fail point may have been faster than the halt.
      if (pid !== target) return false;
      killed = { inFlight };
      if (outages.at(-1)?.to_ms !== null) outages.push({ what: name, from_ms, to_ms: null });
      return signal(target, 'SIGKILL');
    },
    async stop() {
      stopping = true;
      // One that is just starting is ended as a process; it has served nobody yet.
      if (program === null && pid !== null) signal(pid, 'SIGKILL');
      const code = (await program?.stop()) ?? null;
      await done;
      return code;
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
