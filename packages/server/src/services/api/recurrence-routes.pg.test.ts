/** The expected values of packages/core/test/fixtures, asked of the API; those of completions also as real completions. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../../test/fixtures.ts';
import { runRecurrence } from '../../../test/recurrence.ts';
import { openTaskApi } from '../../../test/task-api.ts';
import type { Running } from '../../kit/running.ts';

let spine: Spine;
let api: Awaited<ReturnType<typeof openTaskApi>>;
let ada: TestPerson;
let running: Running;

beforeAll(async () => {
  spine = await openSpine();
  api = await openTaskApi(spine.app);
  ada = await spine.person('Ada');
  running = runRecurrence(spine);
});
afterAll(async () => {
  await running.stop();
  await api.close();
  await spine.close();
});

const linesOf = <Line>(name: string): Line[] =>
  readFileSync(new URL(`../../../../core/test/fixtures/${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

const post = (url: string, body: object) => api.call(ada, 'POST', url, body);

interface DatesLine {
  id: string;
  dtstart: string;
  tzid: string;
  rrule: string;
  exdate?: string[];
  rdate?: string[];
  after?: string;
  window?: [string, string];
  before?: string;
  expect: ({ utc: string; local: string; nominal?: string } | { date: string })[];
  exhausted: boolean;
}

test('the preview answers every expected date', async () => {
  const lines = linesOf<DatesLine>('recurrence-examples');
  expect(lines.length).toBeGreaterThan(300);
  for (const line of lines) {
    const { status, body } = await post('/recurrence/preview', {
      rrule: line.rrule,
      dtstart: line.dtstart,
      timezone: line.tzid,
      ...(line.exdate && { exdates: line.exdate }),
      ...(line.rdate && { rdates: line.rdate }),
      ...(line.after !== undefined && { after: line.after }),
      ...(line.window && { from: line.window[0], to: line.window[1] }),
      ...(line.before === undefined ? { count: Math.max(1, line.expect.length) } : { before: line.before }),
    });
    const occurrences = line.expect.map((each) => {
      if ('date' in each) return each;
      const { utc, local, nominal } = each;
      return { at: utc, local, ...(nominal !== undefined && { nominal }) };
    });
    const expected = { id: line.id, status: 200, occurrences, exhausted: line.exhausted };
    expect({ id: line.id, status, occurrences: body.occurrences, exhausted: body.exhausted }).toEqual(expected);
    expect(body.text).not.toBe('');
  }
});

test('a rule that is none is refused with the reason, by the preview and by a task', async () => {
  for (const { id, rrule } of linesOf<{ id: string; rrule: string }>('recurrence-invalid-examples')) {
    const preview = await post('/recurrence/preview', { rrule, dtstart: '2026-03-01T09:00:00', timezone: 'UTC' });
    const asked = { title: 'Never', due_at: '2026-03-01T09:00:00Z', recurrence: { rrule } };
    const task = await post('/tasks', asked);
    expect([id, preview.status, preview.body.code]).toEqual([id, 400, 'validation_failed']);
    expect([id, task.status, task.body.code]).toEqual([id, 400, 'validation_failed']);
    if (rrule === '') continue;
    expect([id, preview.body.errors[0].path, preview.body.errors[0].message]).toEqual([
      id,
      'rrule',
      expect.stringMatching(/\w/),
    ]);
    expect([id, task.body.errors[0].path]).toEqual([id, 'recurrence.rrule']);
  }
});

interface CompletionLine {
  id: string;
  mode: 'from-schedule' | 'from-completion';
  due_local: string;
  tzid: string;
  rrule?: string;
  every?: string;
  completed_at: string;
  expect_local: string | null;
  expect_utc: string | null;
  expect_date?: string;
}

const units = { D: 'DAILY', W: 'WEEKLY', M: 'MONTHLY', Y: 'YEARLY' } as const;

function ruleOf(line: CompletionLine): string {
  if (line.rrule !== undefined) return line.rrule;
  const [, interval, unit] = /^P(\d+)([DWMY])$/.exec(line.every ?? '') ?? [];
  return `FREQ=${units[unit as keyof typeof units]};INTERVAL=${interval}`;
}

const modes = { 'from-schedule': 'on_completion', 'from-completion': 'after_completion' } as const;

test('what would follow a completion is what follows it', async () => {
  const lines = linesOf<CompletionLine>('completion-examples');
  expect(lines.length).toBeGreaterThan(25);
  for (const line of lines) {
    const how = { rrule: ruleOf(line), mode: modes[line.mode] };
    const { id, due_local: dtstart, tzid: timezone, completed_at } = line;
    const asked = await post('/recurrence/next', { ...how, dtstart, timezone, completed_at });
    expect([id, asked.status]).toEqual([id, 200]);
    const { next } = asked.body;
    expect([id, next?.at ?? null, next?.local ?? null]).toEqual([id, line.expect_utc, line.expect_local]);

    const due = await post('/recurrence/preview', { rrule: 'FREQ=DAILY', dtstart, timezone, count: 1 });
    const due_at = due.body.occurrences[0].at;
    const task = await post('/tasks', { title: id, due_at, timezone, recurrence: how });
    expect([id, task.status]).toEqual([id, 201]);
    let completed = await post(`/tasks/${task.body.id}/complete`, { completed_at });
    // Completing again answers the same; a busy machine needs more than one look.
    for (let look = 0; look < 50 && completed.body.next_state === 'pending'; look++) {
      completed = await post(`/tasks/${task.body.id}/complete`, { completed_at });
    }
    expect([id, completed.body.next_state]).toEqual([id, line.expect_utc === null ? 'ended' : 'created']);
    expect([id, completed.body.next?.due_at ?? null]).toEqual([id, line.expect_utc]);
  }
});

test('a rule that never fires and one that is asked far ahead are answered', async () => {
  const ask = (body: object) =>
    post('/recurrence/preview', { dtstart: '1950-01-01T00:00:00', timezone: 'Europe/Berlin', ...body });
  const never = await ask({ rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' });
  expect(never).toMatchObject({ status: 200, body: { occurrences: [], exhausted: true } });
  const far = await ask({ rrule: 'FREQ=SECONDLY', after: '2199-12-31T22:59:59Z', count: 1 });
  expect(far.body.occurrences).toEqual([{ at: '2199-12-31T23:00:00Z', local: '2200-01-01T00:00:00' }]);
});

test('the simple form is taken, and both forms are answered', async () => {
  const simple = {
    pattern_type: 'monthly',
    day_of_month: 31,
    dtstart: '2026-01-31T09:00:00',
    timezone: 'Europe/Berlin',
  };
  const clamped = await post('/recurrence/preview', { ...simple, count: 2 });
  expect(clamped.body.occurrences.map((each: { local: string }) => each.local)).toEqual([
    '2026-01-31T09:00:00',
    '2026-02-28T09:00:00',
  ]);
  const task = await post('/tasks', {
    title: 'Month’s end',
    due_at: '2026-01-31T08:00:00Z',
    timezone: 'Europe/Berlin',
    recurrence: {
      pattern_type: 'monthly',
      day_of_month: 31,
      month_end: 'clamp',
      ends: 'after_occurrences',
      after_occurrences: 3,
    },
  });
  expect(task.body.recurrence).toMatchObject({
    rrule: 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;COUNT=3',
    pattern_type: 'monthly',
    day_of_month: 31,
    month_end: 'clamp',
    ends: 'after_occurrences',
    after_occurrences: 3,
  });
});

test('moments that exclude one another, and halves of a window, are refused', async () => {
  const rule = { rrule: 'FREQ=DAILY', dtstart: '2026-01-31', timezone: 'UTC' };
  for (const moments of [
    { after: '2026-02-01', before: '2026-03-01' },
    { from: '2026-02-01' },
    { pattern_type: 'daily' },
  ]) {
    expect((await post('/recurrence/preview', { ...rule, ...moments })).status).toBe(400);
  }
});
