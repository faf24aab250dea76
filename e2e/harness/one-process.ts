/** Starts the real program as one process, on a free port and a data folder of its own, as a person would; or a part of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childrenOf } from './processes.ts';
import type { Program, ProgramOptions } from './program.ts';

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url));
/** Where `npm start` keeps compiled code, too: a process that finds it there starts with half the work. */
const COMPILED = fileURLToPath(new URL('../../.cache/node-compile', import.meta.url));

/** A start takes a second; on a machine with much else to do it takes long. */
const READY_MAX_MS = 120_000;
/** Beyond the 30 s in which the program has to drain. */
const STOP_MAX_MS = 40_000;

export interface ProcessOptions extends ProgramOptions {
  /** Told the id of the process as soon as there is one, for who wants to end it before it serves. */
  onLaunch?: (pid: number) => void;
}

/** How a program ended that never served, or was told to end. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** What can be asked of one process alone. A test that asks it starts one whatever the topology, and is not run again for another. */
export interface OneProcess extends Program {
  pid: number;
  /** From the start of the process to the line that says it is ready. */
  ready_ms: number;
  /** The program, its embedded PostgreSQL and that one's processes; those that run now. */
  pids(): { main: number; postmaster: number | null; backends: number[] };
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<Ending>;
  /** Sends a signal to the program alone and resolves when it has ended; the data folder stays. */
  kill(signal: NodeJS.Signals): Promise<Ending>;
}

/** Starts it and resolves when it serves. Throws with what it printed when it does not; the cause is its `Ending`. */
export async function startOneProcess(options: ProcessOptions = {}): Promise<OneProcess> {
  const started = performance.now();
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'daymark-e2e-')));
  const launched = launch({ ...options, dataFolder });
  const pid = launched.child.pid ?? 0;
  options.onLaunch?.(pid);
  let url: string;
  try {
    url = await addressOf(launched);
  } catch (error) {
    await endWithin(launched, 'SIGKILL');
    if (!options.dataFolder) await rm(dataFolder, { recursive: true, force: true });
    throw error;
  }
  return {
    url,
    pid,
    dataFolder,
    ready_ms: Math.round(performance.now() - started),
    pids: () => {
      const postmaster = postmasterOf(dataFolder);
      return { main: pid, postmaster, backends: postmaster ? childrenOf(postmaster) : [] };
    },
    async stop() {
      const { code } = await endWithin(launched, 'SIGTERM');
      if (!options.dataFolder) await rm(dataFolder, { recursive: true, force: true });
      return code;
    },
    ended: launched.ended,
    kill: (signal) => endWithin(launched, signal),
    output: () => ({ ...launched.printed }),
  };
}

/** Runs the program to its own end, for `--help`, `--check` and starts that are refused. */
export async function runProgram(options: ProcessOptions & { dataFolder: string }): Promise<Ending> {
  const launched = launch(options);
  const late = setTimeout(() => launched.child.kill('SIGKILL'), READY_MAX_MS);
  const ending = await launched.ended;
  clearTimeout(late);
  return ending;
}

interface Launched {
  child: ChildProcess;
  printed: { stdout: string; stderr: string };
  ended: Promise<Ending>;
}

function launch({ env = {}, args = [], dataFolder }: ProcessOptions & { dataFolder: string }): Launched {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILED,
      ...{ PORT: '0', DAYMARK_DATA: dataFolder },
      ...env,
    },
    // The channel ends the program when the process of the tests is killed.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  child.channel?.unref();
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  const { promise: ended, resolve, reject } = Promise.withResolvers<Ending>();
  child.once('error', reject);
  child.once('close', (code, signal) => resolve({ code, signal, ...printed }));
  return { child, printed, ended };
}

async function addressOf({ child, printed, ended }: Launched): Promise<string> {
  const { promise: found, resolve } = Promise.withResolvers<string>();
  const look = () => {
    const address = /^Daymark is ready at (http:\S+)$/m.exec(printed.stdout)?.[1];
    if (address) resolve(address);
  };
  child.stdout?.on('data', look);
  const late = AbortSignal.timeout(READY_MAX_MS);
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  late.addEventListener('abort', () => reject(new Error(`not ready in time:\n${printed.stderr}${printed.stdout}`)));
  const early = ended.then((ending) => {
    const { code, signal, stderr, stdout } = ending;
    throw new Error(`ended with ${code ?? signal} before it was ready:\n${stderr}${stdout}`, { cause: ending });
  });
  early.catch(() => {});
  return await Promise.race([found, early, tooLate]);
}

async function endWithin({ child, ended }: Launched, signal: NodeJS.Signals): Promise<Ending> {
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MAX_MS);
  const ending = await ended;
  clearTimeout(late);
  return ending;
}

/** The embedded PostgreSQL of a data folder, from the file that it keeps while it runs. */
function postmasterOf(dataFolder: string): number | null {
  try {
    return Number(readFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]) || null;
  } catch {
    return null;
  }
}
