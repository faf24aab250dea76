/**
 * A recurrence as a person gives it, read into a rule: RRULE text or the simple form, checked against the start and the zone it
 * is to have.
 */
import { Problem } from '@daymark/core/contract/problem.ts';
import { parseRule } from '@daymark/core/recurrence/parse-rule.ts';
import type { Rule } from '@daymark/core/recurrence/rule.ts';
import { checkSchedule, type Schedule } from '@daymark/core/recurrence/schedule.ts';
import { ruleFromSimple } from '@daymark/core/recurrence/simple-form.ts';

type RuleProblem = { readonly part: string | null; readonly message: string };

/** The rule itself, in one form or the other. */
export type RuleInput = { readonly rrule?: string | undefined } & {
  readonly [Field in
    | 'pattern_type'
    | 'interval'
    | 'days_of_week'
    | 'day_of_month'
    | 'month_end'
    | 'ends'
    | 'after_occurrences'
    | 'by_date']?: unknown;
};

export interface RulePlace {
  /** A local time, or a date. */
  readonly start: string;
  readonly timezone: string;
  /** How the fields of the input are called in a refusal: `recurrence.`, or nothing. */
  readonly prefix: string;
}

/** Throws Problem `validation_failed`, which names each thing that is wrong. */
export function readRule(input: RuleInput, place: RulePlace): Rule {
  const { start, timezone, prefix } = place;
  const read =
    typeof input.rrule === 'string'
      ? parseRule(input.rrule)
      : ruleFromSimple(input as Parameters<typeof ruleFromSimple>[0], start, timezone);
  if (!read.ok) throw refusal(input, read.problems, prefix);
  const problems = checkSchedule({ rule: read.rule, start, timezone });
  if (problems.length > 0) throw refusal(input, problems, prefix);
  return read.rule;
}

/** Refuses what is wrong with exceptions too. Throws Problem `validation_failed`. */
export function refuseSchedule(input: RuleInput, schedule: Schedule, prefix: string): void {
  const problems = checkSchedule(schedule);
  if (problems.length > 0) throw refusal(input, problems, prefix);
}

const fieldOfPart: Readonly<Record<string, string>> = { EXDATE: 'exdates', RDATE: 'rdates' };

function refusal(input: RuleInput, problems: readonly RuleProblem[], prefix: string): Problem {
  const isText = typeof input.rrule === 'string';
  const errors = problems.map(({ part, message }) => {
    const exception = part === null ? undefined : fieldOfPart[part];
    if (exception) return { path: `${prefix}${exception}`, message };
    if (isText) return { path: `${prefix}rrule`, message: part === null ? message : `${part} ${message}` };
    return { path: `${prefix}${part?.toLowerCase() ?? 'pattern_type'}`, message };
  });
  const [first] = errors;
  return new Problem('validation_failed', first && `${first.path}: ${first.message}`, { errors });
}
