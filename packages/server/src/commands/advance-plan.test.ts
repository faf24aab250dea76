import { expect, test } from 'vitest';
import type { StoredOccurrence, StoredSeries } from '../store/series.ts';
import { type AdvancePlan, openInstancesMax, passedOverMax, planAdvance } from './advance-plan.ts';

const series = (change: Partial<StoredSeries>): StoredSeries => ({
  id: 's',
  space_id: 'p',
  version: 1,
  rrule: 'FREQ=DAILY',
  mode: 'on_completion',
  missed: 'latest',
  floating: false,
  timezone: 'Europe/Berlin',
  starts: '2026-03-01T09:00:00',
  starts_occurrence: 1,
  exdates: [],
  rdates: [],
  state: 'live',
  last_occurrence: 1,
  last_nominal: '2026-03-01T09:00:00',
  advance_at: null,
  template: { title: '', notes: '', priority: null, list_id: 'l', parent_id: null, tag_ids: [], assignee_id: null },
  created_by: 'u',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  ...change,
});

const newest = (change: Partial<StoredOccurrence> = {}): StoredOccurrence => ({
  id: 'o',
  space_id: 'p',
  series_id: 's',
  occurrence: 1,
  nominal: '2026-03-01T09:00:00',
  task_id: 't',
  state: 'open',
  predecessor: null,
  closed_at: null,
  created_at: '2026-01-01T00:00:00Z',
  ...change,
});

const completed = (closed_at: string) => newest({ state: 'completed', closed_at });
const keys = ({ instances }: AdvancePlan) =>
  instances.map((each) => ('date' in each ? each.date : `${each.at} ${each.nominal ?? each.local}`));

test('nothing is due while the only instance is open, and never of a series that ended or was stopped', () => {
  const now = '2027-01-01T00:00:00Z';
  expect(planAdvance({ series: series({}), newest: newest(), now }).instances).toEqual([]);
  for (const state of ['ended', 'stopped'] as const) {
    expect(planAdvance({ series: series({ state }), newest: completed(now), now }).instances).toEqual([]);
  }
});

test('in the night in which 02:30 does not exist the instance is due an hour later, and the next one at 02:30 again', () => {
  const starts = '2026-03-28T02:30:00';
  const nights = series({ starts, last_nominal: starts });
  const first = planAdvance({ series: nights, newest: completed('2026-03-28T00:00:00Z'), now: '2026-03-28T00:00:00Z' });
  expect(keys(first)).toEqual(['2026-03-29T01:30:00Z 2026-03-29T02:30:00']);
  const second = planAdvance({
    series: { ...nights, last_nominal: '2026-03-29T02:30:00' },
    newest: completed('2026-03-29T00:30:00Z'),
    now: '2026-03-29T00:30:00Z',
  });
  expect(keys(second)).toEqual(['2026-03-30T00:30:00Z 2026-03-30T02:30:00']);
});

test('in the night in which 02:30 comes twice there is one instance, at the first', () => {
  const starts = '2026-10-24T02:30:00';
  const schedule = series({ starts, last_nominal: starts, mode: 'on_schedule', missed: 'all' });
  const late = planAdvance({ series: schedule, newest: newest({ nominal: starts }), now: '2026-10-25T01:45:00Z' });
  expect(keys(late)).toEqual(['2026-10-25T00:30:00Z 2026-10-25T02:30:00', '2026-10-26T01:30:00Z 2026-10-26T02:30:00']);
});

test.each(['America/New_York', 'Australia/Lord_Howe', 'America/Santiago', 'Europe/London'])(
  'a schedule of every seven hours through a year of %s makes each of its times once and in order',
  (timezone) => {
    let state = series({ rrule: 'FREQ=HOURLY;INTERVAL=7', mode: 'on_schedule', missed: 'all', timezone });
    const made: string[] = [];
    for (let now = Date.parse('2026-03-02T00:00:00Z'); now < Date.parse('2027-03-02T00:00:00Z'); now += 86_400_000) {
      const plan = planAdvance({ series: state, newest: newest(), now: new Date(now).toISOString() });
      made.push(...plan.instances.map((each) => ('at' in each ? each.at : '')));
      expect(plan.passedOver).toEqual([]);
      const last = plan.instances.at(-1);
      if (last && 'at' in last) state = { ...state, last_nominal: last.nominal ?? last.local };
    }
    expect(made).toEqual([...new Set(made)].toSorted());
    expect(made.length).toBeGreaterThan(1240);
  },
);

test('years of downtime of a rule that repeats every minute are planned at once and within the limits', () => {
  const minutes = series({ rrule: 'FREQ=MINUTELY', mode: 'on_schedule', missed: 'all' });
  const plan = planAdvance({ series: minutes, newest: newest(), now: '2031-03-01T08:00:30Z' });
  expect(plan.instances).toHaveLength(openInstancesMax);
  expect(plan.passedOver).toHaveLength(passedOverMax);
  expect(keys(plan).at(-1)).toBe('2031-03-01T08:01:00Z 2031-03-01T09:01:00');
});

test('a count is reached by instances where dates come from completions, counted from where the rule began', () => {
  const counted = series({ rrule: 'FREQ=DAILY;COUNT=3', mode: 'after_completion', starts_occurrence: 5 });
  const now = '2026-03-10T12:00:00Z';
  const at = (last_occurrence: number) =>
    planAdvance({ series: { ...counted, last_occurrence }, newest: completed(now), now });
  expect(at(6).instances).toHaveLength(1);
  expect(at(7)).toMatchObject({ instances: [], hasEnded: true });
});
