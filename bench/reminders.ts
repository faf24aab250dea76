/**
 * Reminders that fall due together: so many of so many people at one moment, all of which have to be in the inbox soon, and a thousand
 * within one second, none of which may be late.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { findEpoch } from '../packages/server/src/store/epochs.ts';
import { fillReminders } from './data/fill-reminders.ts';
import { settle } from './frame/processes.ts';
import { type Bench, below, short } from './frame/report.ts';
import { percentile } from './frame/rounds.ts';
import { makePlace, openWorld, type Place, type World } from './frame/world.ts';

const long = { people: 1000, perPerson: 100, lead_ms: 45_000 };
const quickly = { people: 50, perPerson: 20, lead_ms: 4000 };
const second_ms = 1000;
const allMax_s = 30;
const latenessMax_ms = 1000;
const wait_ms = 180_000;
const look_ms = 100;

export const measureReminders: Bench = async ({ quick, say }) => {
  const { people, perPerson, lead_ms } = quick ? quickly : long;
  const world = await openWorld();
  try {
    const { owner } = world;
    say(`making ${people} people`);
    const epoch = await findEpoch(owner.sql);
    const places: Place[] = [];
    for (let count = 0; count < people; count++) places.push(await makePlace(owner, epoch, count));
    await settle(world.program);
    say(`${people} reminders within a second`);
    const few = await fireAll(world, places, { perPerson: 1, in_ms: 4000, spread_ms: second_ms, label: 'one second' });
    await settle(world.program);
    say(`${people * perPerson} reminders at one moment`);
    const many = await fireAll(world, places, { perPerson, in_ms: lead_ms, spread_ms: 0, label: 'one moment' });
    return {
      figures: [
        [
          `${people} due within one second`,
          `p50 ${short(few.p50)} ms, p99 ${short(few.p99)} ms, max ${short(few.max)} ms late`,
        ],
        [`${people * perPerson} of ${people} people due at once`, `all in the inbox after ${short(many.all_s)} s`],
        ['  fired', `${short((people * perPerson) / many.all_s)}/s`],
      ],
      targets: [
        below('p99 lateness', few.p99, latenessMax_ms, ' ms'),
        below('all in the inbox', many.all_s, allMax_s, ' s'),
      ],
      faults: [...few.faults, ...many.faults],
    };
  } finally {
    await world.close();
  }
};

interface Fired {
  /** Milliseconds between moment and firing. */
  p50: number;
  p99: number;
  max: number;
  /** From the first moment until the last notification could be read. */
  all_s: number;
  faults: string[];
}

async function fireAll(
  { owner }: World,
  places: readonly Place[],
  options: Parameters<typeof fillReminders>[2],
): Promise<Fired> {
  const started = performance.now();
  const first = await fillReminders(owner, places, options);
  for (const table of ['tasks', 'reminders']) await owner.sql.dynamicRows(`analyze ${table}`);
  const faults = performance.now() - started > options.in_ms ? ['the reminders were due before all were there'] : [];
  const total = places.length * options.perPerson;
  const told = async () =>
    (
      await owner.sql.rows<{ told: number; since_s: number }>(
        `select count(*)::integer as told, extract(epoch from clock_timestamp() - $2::timestamptz)::float8 as since_s
         from notifications where title = $1`,
        [options.label, first],
      )
    )[0] ?? { told: 0, since_s: 0 };
  let seen = await told();
  for (
    const end = started + options.in_ms + wait_ms;
    seen.told < total && performance.now() < end;
    seen = await told()
  ) {
    await sleep(look_ms);
  }
  if (seen.told !== total) faults.push(`${total} reminders made ${seen.told} notifications`);
  const rows = await owner.sql.rows<{ late_ms: number }>(
    `select (extract(epoch from notifications.created_at - notifications.remind_at) * 1000)::float8 as late_ms
     from notifications where title = $1 order by 1`,
    [options.label],
  );
  const sorted = rows.map((row) => row.late_ms);
  return {
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
    all_s: seen.since_s,
    faults,
  };
}
