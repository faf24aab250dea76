/** What a rule means: in words, and in its next dates. By the same engine as the server's; fetched when it is first needed. */
import type { Recurrence, RecurrenceInput } from '@daymark/core/contract/recurrence.ts';
import { formatRule } from '@daymark/core/recurrence/format-rule.ts';
import { occurrencesAfter } from '@daymark/core/recurrence/occurrences.ts';
import { parseRule } from '@daymark/core/recurrence/parse-rule.ts';
import type { Rule } from '@daymark/core/recurrence/rule.ts';
import { checkSchedule, type Occurrence } from '@daymark/core/recurrence/schedule.ts';
import { ruleFromSimple, simpleFromRule } from '@daymark/core/recurrence/simple-form.ts';
import { ruleInWords } from '@daymark/core/recurrence/words.ts';

export type RulePreview = { ok: true; shown: Recurrence; dates: string[] } | { ok: false; problem: string };

/** Dates that are told. */
const datesMax = 5;

type Problem = { part: string | null; message: string };
const said = (problems: readonly Problem[]): string =>
  problems.map(({ part, message }) => (part === null ? message : `${part} ${message}`)).join('; ');

/** @param start where the rule begins: a local time, `2026-12-01T09:00:00`, or a day */
export function previewRule(input: RecurrenceInput, start: string, timezone: string, locale: string): RulePreview {
  const read = 'rrule' in input ? parseRule(input.rrule) : ruleFromSimple(input, start, timezone);
  if (!read.ok) return { ok: false, problem: said(read.problems) };
  const schedule = { rule: read.rule, start, timezone };
  const problems = checkSchedule(schedule);
  if (problems.length > 0) return { ok: false, problem: said(problems) };
  const { occurrences } = occurrencesAfter(schedule, null, datesMax);
  return { ok: true, shown: shownRule(read.rule, input, start, timezone, locale), dates: occurrences.map(localOf) };
}

function shownRule(rule: Rule, input: RecurrenceInput, start: string, timezone: string, locale: string): Recurrence {
  const mode = input.mode ?? 'on_completion';
  return {
    rrule: formatRule(rule),
    mode,
    missed: input.missed ?? 'latest',
    floating: input.floating ?? false,
    ...(simpleFromRule(rule, timezone) as Pick<Recurrence, 'pattern_type'> &
      Omit<Recurrence, 'rrule' | 'mode' | 'missed' | 'floating' | 'text'>),
    text: ruleInWords(rule, start, mode, locale, timezone),
  };
}

const localOf = (occurrence: Occurrence): string => ('date' in occurrence ? occurrence.date : occurrence.local);
