/**
 * A program under a clock that jumps: forward over the moments of many reminders, and back over those that have reminded. It is killed
 * and started again while the clock is back. Each reminder is told once all the same.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { attachEmbeddedPostgres } from '../../packages/server/src/adapters/embedded-postgres/attach.ts';
import { startFakeClock } from '../harness/fake-clock.ts';
import { type OneProcess, startOneProcess } from '../harness/one-process.ts';
import { type Client, caller, signUp } from '../people.ts';
import { type Reconciled, runReconcile } from './reconcile.ts';
import { startSink } from './sink.ts';
import { programEnv, reminderOf } from './stage.ts';

/** The night in which Europe's clocks go forward: the jumps cross it. */
const BEGINS = '2031-03-29T22:00:00Z';
const REMINDERS = 60;
const FIRST_MS = 10 * 60_000;
const EACH_MS = 6 * 60_000;
/** Hours that the clock jumps, one after the other; the last one lands behind all moments. */
const JUMPS_HOURS = [2, -1.5, 2.5, -2, 1, 8];
/** The jump after which the program is killed and started again. */
const KILLED_AFTER_JUMP = 3;
const LOOK_MS = 200;
const TOLD_MAX_MS = 30_000;
/** Long enough for the polls of the program to find what there is to find. */
const STILL_MS = 1_500;

const silentLog = { debug() {}, info() {}, warn() {}, error() {} };
const hour_ms = 3_600_000;

export interface ClockJumpFacts {
  readonly planned: number;
  readonly jumps: number;
  readonly told: number;
  readonly handedOver: number;
  /** Reminders that were not told or not handed over, and those that were told twice or came under two keys; named. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  readonly reconcile: Reconciled;
}

export async function runClockJumps({
  say,
  signal,
}: {
  say: (line: string) => void;
  signal: AbortSignal;
}): Promise<ClockJumpFacts> {
  say('the clock jumps');
  const dataFolder = mkdtempSync(join(tmpdir(), 'daymark-jumps-'));
  const clock = startFakeClock({ at: BEGINS });
  const sink = await startSink({ subjectOf: reminderOf });
  const start = () => startOneProcess({ dataFolder, env: { ...clock.env, ...programEnv } });
  let program: OneProcess | undefined;
  try {
    program = await start();
    const planned = await book(program.url, { sinkUrl: sink.url, from_ms: clock.now().getTime() });
    for (const [index, hours] of JUMPS_HOURS.entries()) {
      const at_ms = clock.now().getTime() + hours * hour_ms;
      clock.jumpTo(new Date(at_ms));
      if (index === KILLED_AFTER_JUMP) {
        await program.kill('SIGKILL');
        program = await start();
      }
      const due = [...planned.values()].filter((moment_ms) => moment_ms <= at_ms).length;
      await untilTold(dataFolder, { atLeast: due, signal });
      // After a jump forward the next one follows at once: messages are then still under way.
      if (hours < 0) await sleep(STILL_MS, undefined, { signal });
    }
    await untilSent(dataFolder, signal);
    await sleep(STILL_MS, undefined, { signal });
    const told = await toldTimes(dataFolder);
    const reconcile = await runReconcile({ ...clock.env, DAYMARK_DATA: dataFolder });
    const arrived = new Set([...sink.received.values()].map(({ subject }) => subject));
    return {
      planned: planned.size,
      jumps: JUMPS_HOURS.length,
      told: told.size,
      handedOver: arrived.size,
      lost: [...planned.keys()].filter((id) => !told.has(id) || !arrived.has(id)),
      twice: [...sink.tally().effectiveDuplicates, ...[...told].flatMap(([id, times]) => (times > 1 ? [id] : []))],
      reconcile,
    };
  } finally {
    await program?.stop();
    await sink.stop();
    clock.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** One person, and a task for each reminder; answers when each is to remind. */
async function book(url: string, { sinkUrl, from_ms }: { sinkUrl: string; from_ms: number }) {
  const ada = await signUp(url, 'Ada');
  // A session ends when the clock jumps beyond its days.
  const body = { name: 'Time traveller', scopes: ['tasks:write'] };
  const { token } = await ada.must<{ token: string }>('POST', '/api/v1/tokens', body);
  await ada.must('POST', '/api/v1/webhooks', { name: 'Sink', url: sinkUrl });
  await ada.must('PATCH', '/api/v1/me', { channels: { in_app: true, webhook: true, email: false } });
  const call: Client['call'] = caller(url, token);
  const operations = Array.from({ length: REMINDERS }, (_, index) => {
    const at = new Date(Math.ceil((from_ms + FIRST_MS + index * EACH_MS) / 1000) * 1000).toISOString();
    const task = index % 2 === 0 ? { reminders: [{ at }] } : { due_at: at, reminders: [{ offset_minutes: 0 }] };
    return { op: 'create', body: { title: 'Tell me once', ...task } };
  });
  type Made = { results: { body: { reminders: { id: string; remind_at: string }[] } }[] };
  const made = await call<Made>('POST', '/api/v1/tasks/bulk', { operations });
  if (made.status !== 200) throw new Error(`booking answered ${made.status}: ${JSON.stringify(made.body)}`);
  return new Map(
    made.body.results.flatMap((result) =>
      result.body.reminders.map(({ id, remind_at }) => [id, Date.parse(remind_at)] as const),
    ),
  );
}

async function rowsOf<Row extends pg.QueryResultRow>(dataFolder: string, text: string): Promise<Row[]> {
  const { ownerUrl } = await attachEmbeddedPostgres({ folder: dataFolder, log: silentLog });
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function toldTimes(dataFolder: string): Promise<Map<string, number>> {
  const rows = await rowsOf<{ id: string; times: number }>(
    dataFolder,
    'select reminder_id as id, count(*)::int as times from notifications where reminder_id is not null group by reminder_id',
  );
  return new Map(rows.map(({ id, times }) => [id, times]));
}

/** What never comes is counted as lost in the end, so this gives up without a word. */
async function untilTold(
  dataFolder: string,
  { atLeast, signal }: { atLeast: number; signal: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + TOLD_MAX_MS;
  while ((await toldTimes(dataFolder)).size < atLeast && performance.now() < deadline) {
    await sleep(LOOK_MS, undefined, { signal });
  }
}

async function untilSent(dataFolder: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + TOLD_MAX_MS;
  const text = `select id from deliveries where state in ('planned', 'claimed', 'failed') limit 1`;
  while ((await rowsOf(dataFolder, text)).length > 0 && performance.now() < deadline) {
    await sleep(LOOK_MS, undefined, { signal });
  }
}
