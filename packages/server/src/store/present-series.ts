/** A series as the API and its events show it. */
import type { MissedPolicy, Recurrence, RecurrenceMode, Series } from '@daymark/core/contract/recurrence.ts';
import { formatRule } from '@daymark/core/recurrence/format-rule.ts';
import { parseRule } from '@daymark/core/recurrence/parse-rule.ts';
import type { Rule } from '@daymark/core/recurrence/rule.ts';
import { simpleFromRule } from '@daymark/core/recurrence/simple-form.ts';
import { ruleInWords } from '@daymark/core/recurrence/words.ts';
import type { StoredSeries } from './series.ts';

export const recurrenceOf = (series: StoredSeries): Recurrence => presentRecurrence(storedRule(series.rrule), series);

export function presentSeries(series: StoredSeries): Series {
  const { id, space_id, version, timezone, starts, exdates, rdates, state, last_occurrence } = series;
  const { created_by, created_at, updated_at } = series;
  const recurrence = recurrenceOf(series);
  return {
    id,
    space_id,
    version,
    recurrence,
    timezone,
    starts,
    exdates,
    rdates,
    state,
    last_occurrence,
    created_by,
    created_at,
    updated_at,
  };
}

/** A rule that was checked when it was stored. */
export function storedRule(rrule: string): Rule {
  const read = parseRule(rrule);
  if (!read.ok) throw new Error('a stored rule cannot be read');
  return read.rule;
}

/** The recurrence as the API shows it. */
export function presentRecurrence(
  rule: Rule,
  series: { mode: RecurrenceMode; missed: MissedPolicy; floating: boolean; starts: string; timezone: string },
): Recurrence {
  const { mode, missed, floating, starts, timezone } = series;
  const { pattern_type, interval, ...simple } = simpleFromRule(rule, timezone);
  return {
    rrule: formatRule(rule),
    mode,
    missed,
    floating,
    pattern_type,
    interval,
    days_of_week: simple.days_of_week as Recurrence['days_of_week'],
    day_of_month: simple.day_of_month,
    month_end: simple.month_end,
    ends: simple.ends,
    after_occurrences: simple.after_occurrences,
    by_date: simple.by_date,
    text: ruleInWords(rule, starts, mode, 'en', timezone),
  };
}
