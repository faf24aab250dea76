/** One person's life under a clock that the test sets: what she is reminded of, and when, over many years. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { runReconcile } from '../chaos/reconcile.ts';
import { startFakeClock } from '../harness/fake-clock.ts';
import type { Program } from '../harness/program.ts';
import { startProgram } from '../harness/start-program.ts';
import { type Client, caller, signUp } from '../people.ts';
import type { NightDate } from './examples.ts';

/** So long before a moment the clock is set: long enough to see that nothing comes early. */
const before_ms = 200;
/** Longer than anything takes that is waited for; within it nothing is late yet. */
const waitMax_ms = 30_000;
const look_ms = 20;
/** All that is told in this life fits on a page. */
const pageMax = 500;

const minute_ms = 60_000;

/** What a person is told, as the test expects it. */
export interface Told {
  readonly title: string;
  readonly remind_at: string;
  readonly late: boolean;
}

interface Notification extends Told {
  readonly created_at: string;
}

interface Instance {
  readonly id: string;
  readonly status: string;
  readonly due_at: string | null;
  readonly due_on: string | null;
  readonly due_local: string | null;
  readonly reminders: readonly { state: string }[];
}

/** A series whose instances are followed. */
export interface Followed {
  readonly title: string;
  readonly seriesId: string;
}

export type Life = Awaited<ReturnType<typeof openLife>>;

/** The exact moment so many minutes before another one. */
export const minutesBefore = (instant: string, minutes: number): string =>
  `${new Date(Date.parse(instant) - minutes * minute_ms).toISOString().slice(0, 19)}Z`;

/** Starts the program at an instant, with one person in Berlin who is reminded of all-day tasks at an hour. */
export async function openLife({ at, allDayHour }: { at: string; allDayHour: string }) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'daymark-nights-'));
  const clock = startFakeClock({ at });
  const env = { ...clock.env, DAYMARK_RATE_LIMIT_PER_MINUTE: '0' };
  const start = () => startProgram({ dataFolder, env });
  let program: Program | undefined = await start();
  const token = await tokenOf(program, allDayHour);
  const told: Told[] = [];

  async function call<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    if (!program) throw new Error('nothing runs');
    const answer = await caller(program.url, token)<Body>(method, `/api/v1${path}`, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${JSON.stringify(answer)}`);
    return answer.body;
  }

  const instancesOf = async ({ seriesId }: Followed): Promise<readonly Instance[]> =>
    (await call<{ items: Instance[] }>('GET', `/tasks?series_id=${seriesId}&limit=${pageMax}`)).items;

  /** The open instance that is due at an instant, or on a day. */
  const openInstance = async (series: Followed, due: string): Promise<Instance | undefined> =>
    (await instancesOf(series)).find((each) => each.status === 'todo' && (each.due_at === due || each.due_on === due));

  const life = {
    /** Makes a task that repeats, with reminders so many minutes before it is due. */
    async begin(title: string, body: object, reminders: readonly number[]): Promise<Followed> {
      const asked = { title, ...body, reminders: reminders.map((offset_minutes) => ({ offset_minutes })) };
      const { series_id } = await call<{ series_id: string }>('POST', '/tasks', asked);
      return { title, seriesId: series_id };
    },

    jumpTo: (instant: string) => clock.jumpTo(instant),

    /** Sets the clock to just before a moment, so that what comes early is seen to. */
    jumpBefore: (instant: string) => clock.jumpTo(new Date(Date.parse(instant) - before_ms)),

    /** Waits until all of this is told too. Everything that was ever told is compared: nothing comes early, and nothing twice. */
    async isTold(more: readonly Told[]): Promise<void> {
      told.push(...more);
      await waitFor(async () => (await notifications()).length >= told.length).catch(() => {});
      const all = await notifications();
      expect(sorted(all.map(({ title, remind_at, late }) => ({ title, remind_at, late })))).toEqual(sorted(told));
      expect(all.filter((each) => Date.parse(each.created_at) < Date.parse(each.remind_at))).toEqual([]);
    },

    /** Waits until there is an instance due then, with its reminders planned. */
    async awaits(series: Followed, due: NightDate | { on: string }): Promise<void> {
      const key = 'on' in due ? due.on : due.at;
      await waitFor(async () => {
        const found = await openInstance(series, key);
        return found?.reminders.some(({ state }) => state === 'planned') ?? false;
      }).catch(() => {});
      const found = await openInstance(series, key);
      const nominal = 'on' in due ? null : due.nominal;
      expect({ title: series.title, due: key, local: found?.due_local }).toEqual({
        title: series.title,
        due: key,
        local: nominal,
      });
    },

    async complete(series: Followed, due: string): Promise<void> {
      const task = await openInstance(series, due);
      await call('POST', `/tasks/${task?.id}/complete`, {});
    },

    /** Ends a series, and what is open of it. */
    async end(series: Followed): Promise<void> {
      const [any] = await instancesOf(series);
      await call('POST', `/tasks/${any?.id}/stop-recurrence`);
      for (const { id, status } of await instancesOf(series)) {
        if (status === 'todo') await call('POST', `/tasks/${id}/cancel`);
      }
    },

    /** The program is down until an instant. */
    async sleepUntil(instant: string): Promise<void> {
      await program?.stop();
      program = undefined;
      clock.jumpTo(instant);
      program = await start();
    },

    /** `daymark reconcile`, under the same clock. */
    reconcile: () => runReconcile({ ...clock.env, DAYMARK_DATA: dataFolder }),

    async close(): Promise<void> {
      await program?.stop();
      clock.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
  return life;

  async function notifications(): Promise<readonly Notification[]> {
    return (await call<{ items: Notification[] }>('GET', `/notifications?limit=${pageMax}`)).items;
  }
}

const waitFor = (holds: () => Promise<boolean>) => vi.waitUntil(holds, { timeout: waitMax_ms, interval: look_ms });

const sorted = (told: readonly Told[]): readonly Told[] =>
  told.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
const key = ({ remind_at, title }: Told): string => `${remind_at} ${title}`;

/** Signs up, and answers a token: a session ends when the clock jumps beyond its days. */
async function tokenOf(program: Program, allDayHour: string): Promise<string> {
  const ada: Client = await signUp(program.url, 'Ada');
  await ada.must('PATCH', '/api/v1/me', { all_day_reminder_time: allDayHour });
  const body = { name: 'All my nights', scopes: ['tasks:read', 'tasks:write'] };
  return (await ada.must<{ token: string }>('POST', '/api/v1/tokens', body)).token;
}
