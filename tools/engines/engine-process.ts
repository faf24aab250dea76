/**
 * A real engine as a process: started in a session of its own, its print in a log file, known by its id, started again with the
 * same arguments, and gone with the process that started it, also when that one is killed.
 *
 * A guard (a shell that only reads) is told the id before the engine runs. Its input closes when the engine has ended, or when the
 * process that started it has, for whatever reason: it then kills what is left of the engine's group.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Reads an id, then waits for the end of its input. */
const GUARD = 'trap "" HUP INT TERM; read -r pid || exit 0; read -r _; kill -s KILL -- "-$pid"';
/** Becomes the program, but only once the guard knows its id; nobody is left when the word never comes. */
const BECOME = 'read -r go || exit 0; exec "$@" </dev/null';

const READY_POLL_MS = 50;
/** How much of the print a failing start shows. */
const SHOWN_BYTES_MAX = 8 * 1024;
const PRINTED_BYTES_MAX = 4 * 1024 * 1024;

export interface EngineCommand {
  /** What people call it, for messages. */
  name: string;
  program: string;
  args: readonly string[];
  /** Beside PATH and HOME; nothing else is handed down. */
  env?: NodeJS.ProcessEnv;
  /** Where relative names in its configuration begin. */
  folder: string;
  logFile: string;
  /** Whether it serves; asked again and again with what it has printed since this start. */
  ready: (printed: string) => boolean | Promise<boolean>;
  readyMax_ms: number;
  /** From SIGTERM until it is killed. */
  stopMax_ms: number;
}

export interface EngineProcess {
  /** Of the last start. */
  readonly pid: number;
  readonly logFile: string;
  running(): boolean;
  /** Sends a signal and does not wait: SIGSTOP and SIGCONT make an engine that is there and says nothing. */
  signal(name: NodeJS.Signals): void;
  /** Sends a signal that ends it, SIGKILL unless named, and resolves when it is gone. The data stay. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again at the same addresses with the same data, after an orderly stop where it still runs. */
  restart(): Promise<void>;
  /** Ends it in order and resolves when it is gone; does nothing when it is. */
  stop(): Promise<void>;
  /** Resolves when the present run has ended, for whatever reason, with its exit code or the signal. */
  ended(): Promise<number | NodeJS.Signals>;
  /** The end of what it has printed since its last start, at most 4 MiB. */
  printed(): string;
}

interface Run {
  child: ChildProcess;
  pid: number;
  ended: Promise<number | NodeJS.Signals>;
  /** Where the print of this run begins in the log file. */
  logStart: number;
}

/** Starts an engine and resolves when it serves. Throws with the end of its print when it ends before, or is late. */
export async function startEngine(command: EngineCommand): Promise<EngineProcess> {
  let run = await launchAndWait(command);
  const running = () => run.child.exitCode === null && run.child.signalCode === null;
  const kill = async (signal: NodeJS.Signals) => {
    if (!running()) return;
    run.child.ref();
    run.child.kill(signal);
    // A stopped process hears SIGTERM only when it goes on.
    if (signal !== 'SIGKILL') run.child.kill('SIGCONT');
    const late = setTimeout(() => run.child.kill('SIGKILL'), command.stopMax_ms);
    await run.ended;
    clearTimeout(late);
  };
  return {
    get pid() {
      return run.pid;
    },
    logFile: command.logFile,
    running,
    signal(name) {
      if (running()) run.child.kill(name);
    },
    kill: (signal = 'SIGKILL') => kill(signal),
    async restart() {
      await kill('SIGTERM');
      run = await launchAndWait(command);
    },
    stop: () => kill('SIGTERM'),
    ended: () => run.ended,
    printed: () => printedOf(command.logFile, run.logStart),
  };
}

export interface Tool extends Pick<EngineCommand, 'name' | 'program' | 'args' | 'env' | 'folder'> {
  max_ms: number;
}

/**
 * Runs a program to its own end: Maven, a compiler, a tool of an engine. It too ends with this process. Throws with the end of its
 * print when its exit code is not 0, or it is late.
 */
export async function runTool(tool: Tool): Promise<void> {
  const logFile = join(tool.folder, `${tool.name.replaceAll(' ', '-')}.log`);
  const run = launch({ ...tool, logFile });
  run.child.ref();
  const late = setTimeout(() => run.child.kill('SIGKILL'), tool.max_ms);
  const ending = await run.ended;
  clearTimeout(late);
  if (ending === 0) return;
  throw new Error(`${tool.name} ended with ${ending}:\n${printedOf(logFile, run.logStart).slice(-SHOWN_BYTES_MAX)}`);
}

async function launchAndWait(command: EngineCommand): Promise<Run> {
  const run = launch(command);
  let endedWith: number | NodeJS.Signals | undefined;
  void run.ended.then((ending) => {
    endedWith = ending;
  });
  const until = performance.now() + command.readyMax_ms;
  while (endedWith === undefined && performance.now() < until) {
    if (await command.ready(printedOf(command.logFile, run.logStart))) return run;
    await sleep(READY_POLL_MS);
  }
  const how = endedWith === undefined ? `was not ready in ${command.readyMax_ms} ms` : `ended with ${endedWith}`;
  run.child.kill('SIGKILL');
  await run.ended;
  const printed = printedOf(command.logFile, run.logStart).slice(-SHOWN_BYTES_MAX);
  throw new Error(`${command.name} ${how} (${command.logFile}):\n${printed}`);
}

type Launch = Pick<EngineCommand, 'program' | 'args' | 'env' | 'folder' | 'logFile'>;

function launch({ program, args, env = {}, folder, logFile }: Launch): Run {
  const log = openSync(logFile, 'a');
  const logStart = fstatSync(log).size;
  const guard = spawn('/bin/sh', ['-c', GUARD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
  const child = spawn('/bin/sh', ['-c', BECOME, 'sh', program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    // A session of its own: Ctrl-C in a terminal reaches the program that started it, which then stops it in order.
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  for (const input of [guard.stdin, child.stdin]) input?.on('error', () => {});
  const pid = child.pid ?? 0;
  if (pid > 0) {
    guard.stdin?.write(`${pid}\n`, () => child.stdin?.end('go\n'));
  }
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | NodeJS.Signals>();
  ended.catch(() => {});
  child.once('error', reject);
  child.once('exit', (code, signal) => {
    guard.stdin?.end();
    resolve(code ?? signal ?? 0);
  });
  // Nothing of an engine holds the process that started it back from its end; the guard sees to the rest.
  for (const one of [guard, child]) one.unref();
  for (const input of [guard.stdin, child.stdin]) (input as { unref?(): void } | null)?.unref?.();
  return { child, pid, ended, logStart };
}

function printedOf(logFile: string, start: number): string {
  const log = openSync(logFile, 'r');
  try {
    const length = Math.min(fstatSync(log).size - start, PRINTED_BYTES_MAX);
    const bytes = Buffer.alloc(Math.max(0, length));
    const read = readSync(log, bytes, 0, bytes.length, fstatSync(log).size - bytes.length);
    return bytes.toString('utf8', 0, read);
  } finally {
    closeSync(log);
  }
}
