/**
 * The examples with known answers, `packages/core/test/fixtures`, asked of the running program over HTTP, as somebody would who knows
 * its documentation and not its code. Instants of local times are worked out here by `Temporal`.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Program } from './harness/program.ts';
import { startProgram } from './harness/start-program.ts';
import { type Client, signUp } from './people.ts';

/** The program answers so many questions at once. */
const together = 8;
/** Longer than anybody waits for the next instance of a task. */
const nextMax_ms = 20_000;

let program: Program;
let ada: Client;

beforeAll(async () => {
  program = await startProgram({ env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0' } });
  ada = await signUp(program.url, 'Ada');
});
afterAll(async () => {
  await program.stop();
});

function linesOf<Line>(name: string): Line[] {
  const text = readFileSync(new URL(`../packages/core/test/fixtures/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about.
  body: any;
}

const post = (path: string, body: object): Promise<Answer> => ada.call('POST', `/api/v1${path}`, body);

/** What each line is answered and what was expected, by id, for those that differ. */
async function faultsOf<Line extends { id: string }>(
  lines: readonly Line[],
  ask: (line: Line) => Promise<{ found: unknown; expected: unknown }>,
): Promise<Record<string, unknown>> {
  const faults: Record<string, unknown> = {};
  const rest = lines.values();
  const askInTurn = async () => {
    for (const line of rest) {
      const { found, expected } = await ask(line);
      if (!isSame(found, expected)) faults[line.id] = { line, found, expected };
    }
  };
  await Promise.all(Array.from({ length: together }, askInTurn));
  return faults;
}

function isSame(found: unknown, expected: unknown): boolean {
  try {
    expect(found).toEqual(expected);
    return true;
  } catch {
    return false;
  }
}

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
  expect: { utc?: string; local?: string; nominal?: string; date?: string }[];
  exhausted: boolean;
}

function previewOf(line: DatesLine): object {
  const { rrule, dtstart, tzid: timezone, exdate, rdate, after, window, before } = line;
  return {
    rrule,
    dtstart,
    timezone,
    ...(exdate && { exdates: exdate }),
    ...(rdate && { rdates: rdate }),
    ...(after !== undefined && { after }),
    ...(window && { from: window[0], to: window[1] }),
    // One more than is expected, where nothing may follow, shows what should not be there.
    ...(before === undefined ? { count: Math.max(1, line.expect.length + (line.exhausted ? 1 : 0)) } : { before }),
  };
}

/** The RFC's own examples name wall times alone. */
const asNamed = (date: { at?: string; local?: string }, expected: object | undefined) =>
  expected && 'local' in expected && !('utc' in expected) ? { local: date.local } : date;

test.each(['recurrence-examples', 'rfc5545-examples'])('the preview answers every date of the %s', async (name) => {
  const lines = linesOf<DatesLine>(name);
  expect(lines.length).toBeGreaterThan(30);
  const faults = await faultsOf(lines, async (line) => {
    const { status, body } = await post('/recurrence/preview', previewOf(line));
    const occurrences = line.expect.map(({ utc, local, nominal, date }) =>
      date === undefined ? { ...(utc && { at: utc }), local, ...(nominal && { nominal }) } : { date },
    );
    const found = body.occurrences?.map((one: object, index: number) => asNamed(one, line.expect[index]));
    return {
      found: { status, occurrences: found, exhausted: body.exhausted, hasWords: (body.text ?? '') !== '' },
      expected: { status: 200, occurrences, exhausted: line.exhausted, hasWords: true },
    };
  });
  expect(faults).toEqual({});
});

test('a window is answered whole where no count is asked for', async () => {
  const lines = linesOf<DatesLine>('recurrence-examples').filter(({ window }) => window !== undefined);
  // Beyond the ten dates that are answered otherwise.
  expect(Math.max(...lines.map((line) => line.expect.length))).toBeGreaterThan(10);
  const faults = await faultsOf(lines, async (line) => {
    const { status, body } = await post('/recurrence/preview', { ...previewOf(line), count: undefined });
    return {
      found: { status, at: body.occurrences?.map(({ at }: { at: string }) => at), exhausted: body.exhausted },
      expected: { status: 200, at: line.expect.map(({ utc }) => utc), exhausted: true },
    };
  });
  expect(faults).toEqual({});
});

/** The part of the rule that an example says is wrong, as its own reason names it. */
const partOf = (reason: string): string => /\b(FREQ|INTERVAL|COUNT|UNTIL|WKST|BY[A-Z]+)\b/.exec(reason)?.[1] ?? '';

test('a rule that is none is refused by the preview, by what comes next and by a task, and the reason names its part', async () => {
  const lines = linesOf<{ id: string; rrule: string; reason: string }>('recurrence-invalid-examples');
  expect(lines.length).toBeGreaterThan(10);
  const place = { dtstart: '2026-03-02T09:00:00', timezone: 'UTC' };
  const faults = await faultsOf(lines, async ({ rrule, reason }) => {
    const answers = await Promise.all([
      post('/recurrence/preview', { rrule, ...place }),
      post('/recurrence/next', { rrule, ...place, mode: 'on_completion', completed_at: '2026-03-02T10:00:00Z' }),
      post('/tasks', { title: 'Never', due_at: '2026-03-02T09:00:00Z', recurrence: { rrule } }),
    ]);
    return {
      found: answers.map(({ status, body }) => [status, body.code, body.errors?.[0].path, body.errors?.[0].message]),
      expected: ['rrule', 'rrule', 'recurrence.rrule'].map((path) => [
        400,
        'validation_failed',
        path,
        expect.stringContaining(partOf(reason)),
      ]),
    };
  });
  expect(faults).toEqual({});
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
  nominal?: string;
}

const units: Record<string, string> = { D: 'DAILY', W: 'WEEKLY', M: 'MONTHLY', Y: 'YEARLY' };

function recurrenceOf({ rrule, every, mode }: CompletionLine): { rrule: string; mode: string } {
  const [, interval, unit = ''] = /^P(\d+)([DWMY])$/.exec(every ?? '') ?? [];
  return {
    rrule: rrule ?? `FREQ=${units[unit]};INTERVAL=${interval}`,
    mode: mode === 'from-schedule' ? 'on_completion' : 'after_completion',
  };
}

test('what would follow a completion is answered', async () => {
  const lines = linesOf<CompletionLine>('completion-examples');
  expect(lines.length).toBeGreaterThan(25);
  const faults = await faultsOf(lines, async (line) => {
    const { due_local: dtstart, tzid: timezone, completed_at } = line;
    const { status, body } = await post('/recurrence/next', {
      ...recurrenceOf(line),
      ...{ dtstart, timezone, completed_at },
    });
    const { expect_utc: at, expect_local: local, nominal } = line;
    const next = at === null ? null : { at, local, ...(nominal && { nominal }) };
    return { found: { status, next: body.next }, expected: { status: 200, next } };
  });
  expect(faults).toEqual({});
});

test('what follows a real completion is the same, on the wall and as an instant', async () => {
  const faults = await faultsOf(linesOf<CompletionLine>('completion-examples'), async (line) => {
    const { tzid: timezone, completed_at, expect_utc, expect_local, nominal } = line;
    const due_at = Temporal.PlainDateTime.from(line.due_local).toZonedDateTime(timezone).toInstant().toString();
    const made = await post('/tasks', { title: line.id, due_at, timezone, recurrence: recurrenceOf(line) });
    const done = await post(`/tasks/${made.body.id}/complete`, { completed_at });
    const next = await nextOf(made.body, done.body);
    return {
      found: [made.status, done.status, next?.due_at ?? null, next?.due_local ?? null, next?.occurrence ?? null],
      expected: [201, 200, expect_utc, nominal ?? expect_local, expect_utc === null ? null : 2],
    };
  });
  expect(faults).toEqual({});
});

/** The next instance from the answer of the completion or, where another part of the program still makes it, from the list. */
async function nextOf(task: Answer['body'], completion: Answer['body']): Promise<Answer['body']> {
  if (completion.next_state !== 'pending') return completion.next;
  return await vi.waitUntil(
    async () => {
      const path = `/api/v1/tasks?series_id=${task.series_id}`;
      const { items } = await ada.must<{ items: { occurrence: number }[] }>('GET', path);
      return items.find(({ occurrence }) => occurrence === 2);
    },
    { timeout: nextMax_ms },
  );
}

interface QuickAddLine {
  id: string;
  kind: 'date' | 'date-leading' | 'recurrence' | 'negative' | 'tokens';
  input: string;
  now: string;
  tz: string;
  expect: {
    title: string;
    due_local?: string | null;
    recurrence?: { freq: string; interval: number } | null;
    labels?: string[];
    project?: string;
    priority?: number;
  };
}

/** Vikunja's `!1` to `!5`. */
const priorities = ['low', 'medium', 'high', 'high', 'high'];

/** Rules are compared by what the examples name of them. */
function ruleNamed(rrule: string | undefined): object | null {
  if (rrule === undefined) return null;
  const parts = new Map(rrule.split(';').map((part) => part.split('=') as [string, string]));
  return { freq: parts.get('FREQ'), interval: Number(parts.get('INTERVAL') ?? 1) };
}

async function readAndExpected(line: QuickAddLine, mode: object) {
  const { input: text, now, tz: timezone, expect: wanted } = line;
  const { status, body } = await post('/tasks/parse', { text, now, timezone, ...mode });
  const repeats = wanted.recurrence !== undefined && wanted.recurrence !== null;
  return {
    found: {
      status,
      title: body.title,
      due_local: body.due_local,
      recurrence: ruleNamed(body.recurrence?.rrule),
      labels: body.tag_names,
      project: body.list_name,
      priority: body.priority,
    },
    expected: {
      status: 200,
      title: wanted.title,
      // Where only the rule is given, its first date is for the parser to choose.
      due_local: repeats && wanted.due_local === undefined ? expect.anything() : (wanted.due_local ?? null),
      recurrence: wanted.recurrence ?? null,
      labels: wanted.labels ?? [],
      project: wanted.project ?? null,
      priority: wanted.priority === undefined ? null : priorities[wanted.priority - 1],
    },
  };
}

test('lines of text are read, with the signs of Vikunja', async () => {
  const lines = linesOf<QuickAddLine>('quickadd-examples');
  expect(lines.length).toBeGreaterThan(50);
  expect(await faultsOf(lines, (line) => readAndExpected(line, { mode: 'vikunja' }))).toEqual({});
});

test('the dates, rules and plain titles are read the same without them', async () => {
  const lines = linesOf<QuickAddLine>('quickadd-examples').filter(({ kind }) => kind !== 'tokens');
  expect(await faultsOf(lines, (line) => readAndExpected(line, {}))).toEqual({});
});
