/** A run of the program from its start to its exit code. Everything it takes from the machine is handed in by main.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, openLog } from '../kit/log.ts';
import { createMetrics } from '../kit/metrics.ts';
import type { Tracing } from '../kit/tracing.ts';
import { openTracing } from './adapters.ts';
import { checkConfig } from './check.ts';
import { type Config, helpText } from './config.ts';
import { explainFailure, isNotThereYet } from './explain-failure.ts';
import { type RunningModules, startModules } from './module.ts';
import { type ModuleTable, moduleTable, type Surroundings, wantedModules } from './modules.ts';
import { configUnlessStopped } from './stored-secrets.ts';
import { serviceName } from './target-names.ts';

/** Requests in hand, transactions and live connections are given so long when the program is told to stop. */
const drainTimeout_ms = 30_000;
/** While the database is not there, it is asked for so often. */
const startAgain_ms = 500;

export interface Machine {
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  readonly version: string;
  readonly webFolder: string;
  /** Writes to standard output and standard error. */
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** Resolves, with the reason, when the program is told to stop. */
  readonly stopWanted: Promise<string>;
  /** Rejects with an error that nobody caught. */
  readonly crashed: Promise<never>;
}

/** Runs until it is told to stop or something fails. Answers the exit code. */
export async function runProgram(machine: Machine): Promise<number> {
  let config: Config;
  try {
    const read = await configUnlessStopped(machine.flags, machine.environment, machine.stopWanted);
    if (read === 'stop') return 0;
    config = read;
  } catch (error) {
    const line = explainFailure(error, { host: '', port: 0, databaseUrl: undefined });
    if (line === undefined) throw error;
    machine.printError(`${line}\n`);
    return 1;
  }
  if (config.help) {
    machine.print(helpText());
    return 0;
  }
  const tracing: Tracing = await openTracing(() => log, config, machine.version);
  const { log, flush } = openLog({
    level: config.logLevel,
    service: serviceName(config.targets),
    readable: machine.isTerminal,
    ...(tracing.on && { traceId: tracing.traceId }),
  });
  try {
    const metrics = createMetrics({ runtime: true });
    const surroundings = { config, log, metrics, tracing, version: machine.version, webFolder: machine.webFolder };
    if (config.check) machine.print(`${await checkConfig(surroundings)}\n`);
    else await serve(machine, surroundings);
    return 0;
  } catch (error) {
    const line = explainFailure(error, config);
    if (line === undefined) log.fatal({ error }, (error as Error).message);
    else machine.printError(`${line}\n`);
    return 1;
  } finally {
    flush();
  }
}

/** Starts the targets, says so, and waits for their end. Throws what made it end early. */
async function serve(machine: Machine, surroundings: Surroundings): Promise<void> {
  const { config, log, tracing } = surroundings;
  log.info({ targets: config.targets, version: machine.version }, 'starting');
  const started = await startPatiently(machine, surroundings);
  if (started === 'stop') return log.info('stopped before what it needs was there');
  const { table, modules } = started;
  machine.print(`Daymark is ready at ${modules.partsOf(table.listening).address}\n`);
  try {
    const reason = await Promise.race([modules.done, machine.stopWanted, machine.crashed]);
    log.info({ reason }, 'stopping');
  } finally {
    await withinDrainTime(
      log,
      modules.stop().then(() => tracing.stop()),
    );
  }
}

/**
 * Starts the modules. Where the database is not there, or goes away while they start, all of it is tried again for a while. Told to
 * stop while still starting, the start is awaited, for half a start cannot be stopped in order; told so between two tries, it answers
 * `stop`.
 */
async function startPatiently(
  machine: Machine,
  surroundings: Surroundings,
): Promise<{ table: ModuleTable; modules: RunningModules } | 'stop'> {
  const { config, log } = surroundings;
  const deadline = performance.now() + config.startWaitSeconds * 1000;
  const stop = machine.stopWanted.then(() => 'stop' as const);
  for (let tries = 1; ; tries += 1) {
    const table = moduleTable(surroundings);
    try {
      const modules = await startModules(log, wantedModules(table, config.targets));
      if (tries > 1) log.info({ tries }, 'what was missing at the start is there');
      return { table, modules };
    } catch (error) {
      if (!isNotThereYet(error) || performance.now() + startAgain_ms > deadline) throw error;
      const reason = explainFailure(error, config);
      if (tries === 1) log.warn({ reason, wait_max_s: config.startWaitSeconds }, 'waiting for what is not there yet');
    }
    const again = await Promise.race([sleep(startAgain_ms, 'again' as const), stop, machine.crashed]);
    if (again === 'stop') return again;
  }
}

async function withinDrainTime(log: Log, stopped: Promise<void>): Promise<void> {
  const timer = new AbortController();
  const late = sleep(drainTimeout_ms, 'late', { signal: timer.signal }).catch(() => 'cancelled');
  if ((await Promise.race([stopped, late])) === 'late') {
    log.error({ drain_timeout_ms: drainTimeout_ms }, 'stopping took too long, so what is left is cut off');
  } else {
    log.info('stopped');
  }
  timer.abort();
}
