/** A working day of 1,000 people, on the program as one process and on one process for each target, against a bare HTTP server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCarried } from '../e2e/harness/carried-process.ts';
import type { Program } from '../e2e/harness/program.ts';
import { startSplitProgram } from '../e2e/harness/split-program.ts';
import { attachEmbeddedPostgres } from '../packages/server/src/adapters/embedded-postgres/attach.ts';
import { openDatabase } from '../packages/server/src/store/database.ts';
import type { BareHttpServer } from './bare/http-server.ts';
import { fillSpaces } from './data/fill-spaces.ts';
import { startOwnProcess } from './frame/own-process.ts';
import { type Bench, below, latency, short } from './frame/report.ts';
import { signUpAll } from './frame/world.ts';
import type { Day, DayPlan, Worker, WorkingDay } from './load/working-day.ts';

const long = { people: 1000, duration_ms: 120_000 };
const quickly = { people: 50, duration_ms: 10_000 };
const lists = 4;
const tasksPerList = 25;
const p95Max_ms = 100;
/** After a start and before the measurement: what sign-up and filling left to do is done. */
const rest_ms = 5_000;

/**
 * Somebody who works with tasks all day does something every minute or two: 250 to 500 times in eight hours. Here each does twice as much,
 * and after each full minute, as after a meeting, all are three times as busy for ten seconds.
 */
const plan: Omit<DayPlan, 'duration_ms' | 'seed'> = {
  secondsBetween: 30,
  burst: { period_s: 60, length_s: 10, times: 3 },
};

const env = { DAYMARK_RATE_LIMIT_PER_MINUTE: '0', DAYMARK_LOG_LEVEL: 'warn' };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

export const measureLoad: Bench = async ({ quick, say }) => {
  const { people, duration_ms } = quick ? quickly : long;
  const dataFolder = mkdtempSync(join(tmpdir(), 'daymark-load-'));
  const day = startOwnProcess<WorkingDay>(new URL('./load/working-day.ts', import.meta.url));
  const bare = startOwnProcess<BareHttpServer>(new URL('./bare/http-server.ts', import.meta.url));
  let program: Program | undefined;
  try {
    program = await startCarried({ dataFolder, env });
    const workers = await gather(program, { people, dataFolder, say });
    // Each day is another one: what was completed yesterday would be no change today.
    const work = async (url: string, { seed, isBare = false }: { seed: number; isBare?: boolean }): Promise<Day> => {
      await day.ask('open', { url, workers, bare: isBare });
      await sleep(isBare ? 0 : rest_ms);
      const found = await day.ask('work', { ...plan, duration_ms, seed });
      await day.ask('close', undefined);
      return found;
    };
    say(`${duration_ms / 1000} s of work on one process`);
    const onOne = await work(program.url, { seed: 1 });
    await program.stop();
    program = await startSplitProgram({ dataFolder, env });
    say(`${duration_ms / 1000} s of work on a process for each target`);
    const onMany = await work(program.url, { seed: 2 });
    await program.stop();
    program = undefined;
    say(`${duration_ms / 1000} s of work on the bare server`);
    const onBare = await work(await bare.ask('open', undefined), { seed: 2, isBare: true });
    return {
      figures: [
        [
          'people, each with a socket',
          `${people}, something every ${plan.secondsBetween} s, three times as often in bursts`,
        ],
        ['requests', `${short(onOne.all.perSecond)}/s, in the busiest second ${onOne.busiestSecond}`],
        ...figuresOf('one process', onOne),
        ...figuresOf('a process for each target', onMany),
        ['bare HTTP server', latency(onBare.all)],
        [
          'p95 against the bare server',
          `${short(onOne.all.p95 / onBare.all.p95)} and ${short(onMany.all.p95 / onBare.all.p95)}`,
        ],
      ],
      targets: [
        below('p95 on one process', onOne.all.p95, p95Max_ms, ' ms'),
        below('p95 on a process for each target', onMany.all.p95, p95Max_ms, ' ms'),
      ],
      faults: [...faultsOf('one process', onOne), ...faultsOf('a process for each target', onMany)],
    };
  } finally {
    await program?.stop();
    await Promise.all([day.stop(), bare.stop()]);
    rmSync(dataFolder, { recursive: true, force: true });
  }
};

/** People with an account and some tasks each. */
async function gather(
  program: Program,
  { people, dataFolder, say }: { people: number; dataFolder: string; say: (text: string) => void },
): Promise<Worker[]> {
  say(`signing up ${people} people`);
  const clients = await signUpAll(program.url, people);
  say(`filling ${people * lists} lists`);
  const { ownerUrl } = await attachEmbeddedPostgres({ folder: dataFolder, log: silent });
  const owner = openDatabase(ownerUrl, { name: 'bench', connectionsMax: 4, onError: () => {} });
  try {
    const spaces = clients.map(({ userId, spaceId }) => ({ personId: userId, spaceId }));
    await fillSpaces(owner, spaces, { lists, tasksPerList });
    await owner.sql.dynamicRows('vacuum analyze');
  } finally {
    await owner.close();
  }
  return clients.map(({ bearer }) => ({ bearer }));
}

function figuresOf(form: string, { all, byKind, told }: Day): [string, string][] {
  const kinds = Object.entries(byKind).map(([kind, { requests, p95 }]) => `${kind} ${requests}, p95 ${short(p95)} ms`);
  return [
    [form, latency(all)],
    ['  of these', kinds.join('; ')],
    ['  changes told on sockets', String(told)],
  ];
}

const faultsOf = (form: string, { errors, errorCount }: Day): string[] =>
  errorCount === 0 ? [] : [`${errorCount} requests failed on ${form}`, ...errors];
