/**
 * The examples with known answers, in `fixtures/`, one JSON object a line, and what the product says to each. The unit tests and
 * `npm run conformance` both run them.
 *
 *   rfc5545-examples              the examples of RFC 5545, section 3.8.5.3 (one UNTIL as its erratum says)
 *   recurrence-examples           schedules in all corners of the calendar and of the zones
 *   recurrence-invalid-examples   rules that must be refused
 *   completion-examples           what follows an instance that is completed
 *   quickadd-examples             lines of text; `negative` ones name no date
 */
import { readFileSync } from 'node:fs';
import { parseQuickAdd } from '../quick-add/parse.ts';
import { occurrenceBefore, occurrencesAfter, occurrencesBetween } from '../recurrence/occurrences.ts';
import { parseRule } from '../recurrence/parse-rule.ts';
import type { Rule } from '../recurrence/rule.ts';
import { checkSchedule, type Occurrence, type Schedule } from '../recurrence/schedule.ts';
import { successorOf } from '../recurrence/successor.ts';

export interface Verdict {
  readonly id: string;
  readonly class: string;
  /** What is wrong, or null. */
  readonly fault: string | null;
}

export interface Suite {
  readonly name: string;
  readonly verdicts: readonly Verdict[];
  /** The share that must be right. */
  readonly share: number;
  /** Classes in which nothing at all may be wrong. */
  readonly strict: readonly string[];
}

export function runSuites(): Suite[] {
  const all = { share: 1, strict: [] };
  return [
    { ...all, name: 'RFC 5545', verdicts: verdicts('rfc5545-examples', recurrenceFault) },
    { ...all, name: 'recurrence', verdicts: verdicts('recurrence-examples', recurrenceFault) },
    { ...all, name: 'invalid rules', verdicts: verdicts('recurrence-invalid-examples', invalidFault) },
    { ...all, name: 'completion', verdicts: verdicts('completion-examples', completionFault) },
    { name: 'quick add', share: 0.98, strict: ['negative'], verdicts: verdicts('quickadd-examples', quickAddFault) },
  ];
}

/** Whether a suite has too much wrong. */
export function isBroken({ verdicts, share, strict }: Suite): boolean {
  const wrong = verdicts.filter(({ fault }) => fault !== null);
  return verdicts.length - wrong.length < share * verdicts.length || wrong.some((one) => strict.includes(one.class));
}

function verdicts<Line>(file: string, faultOf: (line: Line) => string | null): Verdict[] {
  const text = readFileSync(new URL(`./fixtures/${file}.jsonl`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const parsed = JSON.parse(line);
    const name = parsed.class ?? parsed.kind ?? parsed.mode;
    try {
      return { id: parsed.id, class: name, fault: faultOf(parsed) };
    } catch (error) {
      return { id: parsed.id, class: name, fault: String(error) };
    }
  });
}

interface ExpectedTime {
  readonly utc?: string;
  readonly local?: string;
  readonly nominal?: string;
  readonly date?: string;
}

interface RecurrenceLine {
  readonly dtstart: string;
  readonly tzid: string;
  readonly rrule: string;
  readonly exdate?: string[];
  readonly rdate?: string[];
  readonly after?: string;
  readonly window?: [string, string];
  readonly before?: string;
  readonly expect: ExpectedTime[];
  readonly exhausted: boolean;
}

function recurrenceFault(line: RecurrenceLine): string | null {
  const schedule: Schedule = {
    rule: ruleOf(line.rrule),
    start: line.dtstart,
    timezone: line.tzid,
    exdates: line.exdate ?? [],
    rdates: line.rdate ?? [],
  };
  const problems = checkSchedule(schedule);
  if (problems.length > 0) return `is refused: ${JSON.stringify(problems)}`;
  const { occurrences, exhausted } = asked(schedule, line);
  const wrong = line.expect.findIndex((expected, index) => !isSameTime(occurrences[index], expected));
  if (wrong >= 0) return `${JSON.stringify(occurrences[wrong])} should be ${JSON.stringify(line.expect[wrong])}`;
  if (exhausted !== line.exhausted) return `is ${exhausted ? '' : 'not '}exhausted`;
  return occurrences.length > line.expect.length ? `has ${JSON.stringify(occurrences[line.expect.length])} too` : null;
}

function asked(schedule: Schedule, { window, before, after, expect, exhausted }: RecurrenceLine) {
  // One more than expected shows what should not be there.
  const count = exhausted ? expect.length + 1 : expect.length;
  if (window !== undefined) return occurrencesBetween(schedule, window[0], window[1], count);
  if (before === undefined) return occurrencesAfter(schedule, after ?? null, count);
  const last = occurrenceBefore(schedule, before);
  return { occurrences: last === null ? [] : [last], exhausted: true };
}

/** Compares what the example names. An example with an instant names everything. */
function isSameTime(found: Occurrence | undefined, expected: ExpectedTime): boolean {
  if (found === undefined) return false;
  if ('date' in found) return found.date === expected.date;
  if (expected.utc === undefined) return found.local === expected.local;
  return found.at === expected.utc && found.local === expected.local && found.nominal === expected.nominal;
}

function ruleOf(text: string): Rule {
  const read = parseRule(text);
  if (!read.ok) throw new Error(`${text} is refused: ${JSON.stringify(read.problems)}`);
  return read.rule;
}

function invalidFault({ rrule }: { rrule: string }): string | null {
  return parseRule(rrule).ok ? 'is accepted' : null;
}

interface CompletionLine {
  readonly mode: 'from-schedule' | 'from-completion';
  readonly due_local: string;
  readonly tzid: string;
  readonly rrule?: string;
  /** `P3D` */
  readonly every?: string;
  readonly completed_at: string;
  readonly expect_local: string;
  readonly expect_utc: string;
  readonly nominal?: string;
}

const frequencyOfUnit: Record<string, string> = { D: 'DAILY', W: 'WEEKLY', M: 'MONTHLY', Y: 'YEARLY' };

function completionFault(line: CompletionLine): string | null {
  const [, interval, unit = ''] = /^P(\d+)([DWMY])$/.exec(line.every ?? '') ?? [];
  const rule = ruleOf(line.rrule ?? `FREQ=${frequencyOfUnit[unit]};INTERVAL=${interval}`);
  const { next } = successorOf(
    { rule, start: line.due_local, timezone: line.tzid },
    {
      due: line.due_local,
      mode: line.mode === 'from-schedule' ? 'on_completion' : 'after_completion',
      missed: 'latest',
      completedAt: line.completed_at,
    },
  );
  const expected = { utc: line.expect_utc, local: line.expect_local, ...(line.nominal && { nominal: line.nominal }) };
  return next !== null && isSameTime(next, expected) ? null : `${JSON.stringify(next)} should be ${line.expect_local}`;
}

interface QuickAddLine {
  readonly kind: string;
  readonly input: string;
  readonly now: string;
  readonly tz: string;
  readonly expect: {
    readonly title: string;
    readonly due_local?: string | null;
    readonly recurrence?: { readonly freq: string; readonly interval: number } | null;
    readonly labels?: string[];
    readonly project?: string;
    readonly priority?: number;
  };
}

const priorities = ['low', 'medium', 'high', 'high', 'high'] as const;

function quickAddFault({ kind, input, now, tz, expect }: QuickAddLine): string | null {
  // The signs of these lines are Vikunja's; what they say of dates holds for everyone.
  const read = parseQuickAdd(input, { now, timezone: tz, mode: kind === 'tokens' ? 'vikunja' : 'todoist' });
  const rule = read.recurrence && ruleOf(read.recurrence.rrule);
  const found = {
    title: read.title,
    due_local: read.due_local,
    recurrence: rule && { freq: rule.freq, interval: rule.interval },
    labels: read.tag_names,
    project: read.list_name,
    priority: read.priority,
  };
  const priority = expect.priority === undefined ? null : priorities[expect.priority - 1];
  const repeats = expect.recurrence !== undefined && expect.recurrence !== null;
  const wanted = {
    title: expect.title,
    // Where only the rule is given, its first date is for the parser to choose.
    due_local: repeats && expect.due_local === undefined ? read.due_local : (expect.due_local ?? null),
    recurrence: expect.recurrence ?? null,
    labels: expect.labels ?? [],
    project: expect.project ?? null,
    priority,
  };
  return JSON.stringify(found) === JSON.stringify(wanted)
    ? null
    : `${JSON.stringify(found)} should be ${JSON.stringify(wanted)}`;
}
