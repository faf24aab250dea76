/**
 * The nights in which clocks change, lived through by the real program and its PostgreSQL: every reminder comes once, at the instant
 * that the examples name. One life in order of time, from 2012 to 2028; between the nights the clock jumps years.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Night, nightOf, sequelOf } from './nights/examples.ts';
import { type Followed, type Life, minutesBefore, openLife, type Told } from './nights/life.ts';

const hour_minutes = 60;
/** What comes later than a minute after its moment is late; so long after it the clock is set where it is to be. */
const downtime_ms = 120_000;

let life: Life;

beforeAll(async () => {
  life = await openLife({ at: '2012-03-28T12:00:00Z', allDayHour: '02:30' });
});
afterAll(() => life.close());

const later = (instant: string, by_ms: number): string => new Date(Date.parse(instant) + by_ms).toISOString();

const bothOf = (all: readonly Followed[], due: string, minutes: number, late: boolean): Told[] =>
  all.map(({ title }) => ({ title, remind_at: minutesBefore(due, minutes), late }));

/**
 * One series is completed by the person each time, the other follows its schedule, done or not. On the eve nobody looks in time; in the
 * night every moment is lived; on the date after it the program comes an hour late for the first reminder and in time for the second.
 */
async function live({ id, timezone, rrule, eve, night, after }: Night, onEve: 'busy' | 'down'): Promise<void> {
  life.jumpTo(minutesBefore(eve.at, 3 * hour_minutes));
  const modes = ['on_completion', 'on_schedule'];
  const series: Followed[] = [];
  for (const mode of modes) {
    const body = { due_at: eve.at, timezone, recurrence: { rrule, mode } };
    series.push(await life.begin(`${id} ${mode}`, body, [0, hour_minutes]));
  }
  const [completed, scheduled] = series as [Followed, Followed];
  const awaitBoth = async (due: Night['night']) => {
    await life.awaits(completed, due);
    await life.awaits(scheduled, due);
  };

  const morning = later(eve.at, downtime_ms);
  if (onEve === 'down') await life.sleepUntil(morning);
  else life.jumpTo(morning);
  await life.isTold([...bothOf(series, eve.at, hour_minutes, true), ...bothOf(series, eve.at, 0, true)]);
  await life.complete(completed, eve.at);
  await awaitBoth(night);

  life.jumpBefore(minutesBefore(night.at, hour_minutes));
  await life.isTold(bothOf(series, night.at, hour_minutes, false));
  life.jumpBefore(night.at);
  await life.isTold(bothOf(series, night.at, 0, false));
  await life.complete(completed, night.at);

  if (after) {
    // Where a wall time comes twice, its second coming lies before this and reminds of nothing.
    await awaitBoth(after);
    life.jumpBefore(after.at);
    await life.isTold([...bothOf(series, after.at, hour_minutes, true), ...bothOf(series, after.at, 0, false)]);
  }
  for (const each of series) await life.end(each);
}

/** Forward and back: an hour at two in the north and in the south, half an hour on Lord Howe, and around midnight in Beirut. */
test.each([
  ['dst-fold-0271', 'Pacific/Auckland', 'busy'],
  ['dst-gap-0252', 'Pacific/Auckland', 'busy'],
  ['dst-gap-0141', 'Asia/Beirut', 'busy'],
  ['dst-gap-0007', 'America/New_York', 'busy'],
  ['dst-fold-0042', 'Australia/Lord_Howe', 'busy'],
  ['dst-gap-0038', 'Australia/Lord_Howe', 'busy'],
  ['dst-fold-0149', 'Asia/Beirut', 'down'],
] as const)('in the night of %s in %s every reminder comes once, at its instant', async (id, timezone, onEve) => {
  const night = nightOf(id);
  expect(night.timezone).toBe(timezone);
  await live(night, onEve);
});

test('an interval that counts from the completion ends in the hour that is skipped', async () => {
  // 2026 in New York: 02:30 on 8 March does not exist.
  await liveSequel('comp-061', '2026-01-05T07:30:00Z');
});

/**
 * In Berlin the clock goes from 02:00 to 03:00 at 01:00 UTC on 29 March 2026, so that 02:30 is skipped and 03:30 (+02:00) is the same
 * time on: 01:30 UTC. On 30 March 02:30 is 00:30 UTC.
 */
test('an all-day task reminds at the hour of the person, also where the clock skips it', async () => {
  life.jumpTo('2026-03-28T12:00:00Z');
  const body = { due_on: '2026-03-29', recurrence: { rrule: 'FREQ=DAILY' } };
  const task = await life.begin('All day in March', body, [0]);
  await life.awaits(task, { on: '2026-03-29' });
  life.jumpBefore('2026-03-29T01:30:00Z');
  await life.isTold(bothOf([task], '2026-03-29T01:30:00Z', 0, false));
  await life.complete(task, '2026-03-29');
  await life.awaits(task, { on: '2026-03-30' });
  life.jumpBefore('2026-03-30T00:30:00Z');
  await life.isTold(bothOf([task], '2026-03-30T00:30:00Z', 0, false));
  await life.end(task);
});

/** On 25 October 2026 it is 02:30 in Berlin twice, at 00:30 and at 01:30 UTC; on the next day once, at 01:30 UTC. */
test('where it is the hour of the person twice, an all-day task and an interval from the completion remind the first time', async () => {
  await liveSequel('comp-066', '2026-01-05T01:30:00Z', async () => {
    const body = { due_on: '2026-10-25', recurrence: { rrule: 'FREQ=DAILY' } };
    const task = await life.begin('All day in October', body, [0]);
    await life.awaits(task, { on: '2026-10-25' });
    return {
      told: bothOf([task], '2026-10-25T00:30:00Z', 0, false),
      async goOn() {
        await life.complete(task, '2026-10-25');
        await life.awaits(task, { on: '2026-10-26' });
        life.jumpBefore('2026-10-26T01:30:00Z');
        await life.isTold(bothOf([task], '2026-10-26T01:30:00Z', 0, false));
        await life.end(task);
      },
    };
  });
});

test('in the last second of a wall time that comes twice, years later, it is the same', async () => {
  const night = nightOf('dst-fold-0015');
  expect(night.timezone).toBe('America/New_York');
  await live(night, 'busy');
});

test('a schedule of which dates passed while nothing ran reminds late of the one that was there, and then goes on reminding', async () => {
  life.jumpTo('2028-12-10T06:00:00Z');
  const recurrence = { rrule: 'FREQ=DAILY', mode: 'on_schedule' };
  const body = { due_at: '2028-12-10T08:00:00Z', timezone: 'Europe/Berlin', recurrence };
  const task = await life.begin('Days without a program', body, [0]);
  await life.sleepUntil('2028-12-13T12:00:00Z');
  await life.isTold(bothOf([task], '2028-12-10T08:00:00Z', 0, true));
  await life.awaits(task, { at: '2028-12-14T08:00:00Z', nominal: '2028-12-14T09:00:00' });
  life.jumpBefore('2028-12-14T08:00:00Z');
  await life.isTold(bothOf([task], '2028-12-14T08:00:00Z', 0, false));
  await life.end(task);
});

test('the reconciliation finds nothing lost and nothing twice', async () => {
  life.jumpTo('2029-01-01T00:00:00Z');
  await life.isTold([]);
  expect(await life.reconcile()).toEqual({
    code: 0,
    line: expect.stringMatching(/ · lost 0 · duplicate 0$/),
    findings: [],
  });
});

interface Beside {
  /** What is told at the same instant. */
  readonly told: readonly Told[];
  goOn(): Promise<void>;
}

/** Completes a task that was due long ago when the example says, and lives on to what follows it. */
async function liveSequel(id: string, due_at: string, begin?: () => Promise<Beside>): Promise<void> {
  const { timezone, rrule, completedAt, next } = sequelOf(id);
  life.jumpTo(completedAt);
  const recurrence = { rrule, mode: 'after_completion' };
  const task = await life.begin(id, { due_at, timezone, recurrence }, [0, hour_minutes]);
  await life.complete(task, due_at);
  await life.awaits(task, next);
  const beside = await begin?.();
  life.jumpBefore(minutesBefore(next.at, hour_minutes));
  await life.isTold(bothOf([task], next.at, hour_minutes, false));
  life.jumpBefore(next.at);
  await life.isTold([...bothOf([task], next.at, 0, false), ...(beside?.told ?? [])]);
  await life.end(task);
  await beside?.goOn();
}
