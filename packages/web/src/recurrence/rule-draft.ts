/** A rule as the form of the editor holds it, and what it asks for. Pure. */
import type { MissedPolicy, Recurrence, RecurrenceInput, RecurrenceMode } from '@daymark/core/contract/recurrence.ts';
import { addDays } from '../text/zone-time.ts';
import { codeOf, type Weekday, weekdayCodes } from './likely-rules.ts';

export type RuleDraft = {
  unit: 'daily' | 'weekly' | 'monthly' | 'yearly';
  interval: number;
  days: readonly Weekday[];
  day: number;
  monthEnd: 'clamp' | 'skip';
  ends: Recurrence['ends'];
  times: number;
  until: string;
  mode: RecurrenceMode;
  missed: MissedPolicy;
  floating: boolean;
  /** The rule as text, where the form cannot say it or the person wrote it. */
  text: string | null;
};

const untilDaysUsual = 365;
const timesUsual = 10;

/** @param start the due time or day of the task: what the fields begin with that the rule leaves open */
export function draftOf(value: Recurrence | null, start: string): RuleDraft {
  const date = start.slice(0, 10);
  return {
    unit: value && value.pattern_type !== 'custom' ? value.pattern_type : 'weekly',
    interval: value?.interval ?? 1,
    days: value?.days_of_week ?? [codeOf(date)],
    day: value?.day_of_month ?? Number(date.slice(8)),
    monthEnd: value?.month_end ?? 'clamp',
    ends: value?.ends ?? 'never',
    times: value?.after_occurrences ?? timesUsual,
    until: value?.by_date?.slice(0, 10) ?? addDays(date, untilDaysUsual),
    mode: value?.mode ?? 'on_completion',
    missed: value?.missed ?? 'latest',
    floating: value?.floating ?? false,
    text: value?.pattern_type === 'custom' ? value.rrule : null,
  };
}

/** A day of the week chosen or not; the last one stays, since a weekly rule has a day. */
export function withDay(draft: RuleDraft, day: Weekday): RuleDraft {
  const days = draft.days.includes(day) ? draft.days.filter((one) => one !== day) : [...draft.days, day];
  return days.length === 0 ? draft : { ...draft, days: weekdayCodes.filter((one) => days.includes(one)) };
}

/** What the form asks for. */
export function inputOfDraft(draft: RuleDraft): RecurrenceInput {
  const how = { mode: draft.mode, missed: draft.missed, floating: draft.floating };
  if (draft.text !== null) return { rrule: draft.text.trim().replace(/^RRULE:/i, ''), ...how };
  return {
    pattern_type: draft.unit,
    interval: draft.interval,
    ...(draft.unit === 'weekly' ? { days_of_week: [...draft.days] } : {}),
    ...(draft.unit === 'monthly' ? { day_of_month: draft.day } : {}),
    ...(draft.unit === 'monthly' && draft.day > 28 ? { month_end: draft.monthEnd } : {}),
    ends: draft.ends,
    ...(draft.ends === 'after_occurrences' ? { after_occurrences: draft.times } : {}),
    ...(draft.ends === 'by_date' ? { by_date: draft.until } : {}),
    ...how,
  };
}
