/**
 * A second recurrence engine, slow and plain, to compare the first one with. It looks at every day (for rules within the day at every
 * hour, minute or second) of some years, asks whether RFC 5545 lets it through, and sorts what is left. It shares nothing with the
 * engine but the parsed rule: the calendar comes from `Date`, the zones from `Temporal`.
 */
import type { Rule } from '../recurrence/rule.ts';
import type { Schedule } from '../recurrence/schedule.ts';

const day_ms = 86_400_000;

/** Everything that the schedule has on its first `days` days, in order of the instants: nominal local times, or dates. */
export function naiveOccurrences(schedule: Schedule, days: number): string[] {
  const { rule, start, timezone } = schedule;
  const allDay = start.length === 10;
  const begin = Date.parse(allDay ? `${start}T00:00:00Z` : `${start}Z`);
  const end = (Math.floor(begin / day_ms) + days) * day_ms;
  const chosen = chosenTimes(rule, begin, end, allDay).filter((time) => time >= begin && time < end);
  const counted = rule.count === null ? chosen : chosen.slice(0, rule.count);
  const text = (time: number) => new Date(time).toISOString().slice(0, allDay ? 10 : 19);
  const instantOf = (local: string) =>
    allDay ? local : Temporal.PlainDateTime.from(local).toZonedDateTime(timezone).toInstant().toString();
  const ruled = counted.map(text).filter((local) => isUpTo(rule, local, instantOf));
  const excluded = new Set((schedule.exdates ?? []).map(instantOf));
  const byInstant = new Map<string, string>();
  for (const local of [...ruled, ...[...(schedule.rdates ?? [])].sort()]) {
    const at = instantOf(local);
    if (!byInstant.has(at) && !excluded.has(at)) byInstant.set(at, local);
  }
  return [...byInstant].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, local]) => local);
}

function isUpTo({ until }: Rule, local: string, instantOf: (local: string) => string): boolean {
  if (until === null) return true;
  if (until.kind === 'date') return local.slice(0, 10) <= until.text;
  return until.kind === 'local' ? local <= until.text : Date.parse(instantOf(local)) <= Date.parse(until.text);
}

/** The wall times of the rule, as milliseconds of a clock in UTC, in order. */
function chosenTimes(rule: Rule, begin: number, end: number, allDay: boolean): number[] {
  const periods = new Map<string | number, number[]>();
  for (const time of candidates(rule, begin, end, allDay)) {
    const period = periodOf(rule, time, begin);
    if (period === null || !passes(rule, time, begin)) continue;
    const set = periods.get(period);
    if (set === undefined) periods.set(period, [time]);
    else set.push(time);
  }
  return [...periods.values()].flatMap((set) => {
    if (rule.bySetPos.length === 0) return set;
    return set.filter((_, index) => rule.bySetPos.includes(index + 1) || rule.bySetPos.includes(index - set.length));
  });
}

/** Each moment at which the rule might fall, from some periods before the start on, so that every set is whole. */
function* candidates(rule: Rule, begin: number, end: number, allDay: boolean): Generator<number> {
  const start = new Date(begin);
  const or = (list: readonly number[], value: number) =>
    list.length > 0 ? [...new Set(list.map((some) => Math.min(some, 59)))].sort((a, b) => a - b) : [value];
  const every = (count: number) => Array.from({ length: count }, (_, value) => value);
  const { freq } = rule;
  const within = freq === 'HOURLY' || freq === 'MINUTELY' || freq === 'SECONDLY';
  const hours = within ? every(24) : or(rule.byHour, start.getUTCHours());
  const minutes = freq === 'MINUTELY' || freq === 'SECONDLY' ? every(60) : or(rule.byMinute, start.getUTCMinutes());
  const seconds = freq === 'SECONDLY' ? every(60) : or(rule.bySecond, start.getUTCSeconds());
  const lead = within || freq === 'DAILY' ? 0 : 380 * day_ms;
  for (let day = Math.floor((begin - lead) / day_ms) * day_ms; day < end + lead; day += day_ms) {
    if (allDay) yield day;
    else {
      for (const hour of hours) {
        for (const minute of minutes) {
          for (const second of seconds) yield day + ((hour * 60 + minute) * 60 + second) * 1000;
        }
      }
    }
  }
}

/** The period that a moment belongs to, or null where INTERVAL skips it. */
function periodOf(rule: Rule, time: number, begin: number): string | number | null {
  const number = (moment: number): number => {
    const date = new Date(moment);
    if (rule.freq === 'YEARLY')
      return rule.byWeekNo.length > 0 ? weekOf(moment, rule.wkst).year : date.getUTCFullYear();
    if (rule.freq === 'MONTHLY') return date.getUTCFullYear() * 12 + date.getUTCMonth();
    if (rule.freq === 'WEEKLY') return Math.floor(weekStart(moment, rule.wkst) / day_ms / 7);
    const units = { DAILY: day_ms, HOURLY: 3_600_000, MINUTELY: 60_000, SECONDLY: 1000 };
    return Math.floor(moment / units[rule.freq]);
  };
  const distance = number(time) - number(begin);
  return distance >= 0 && distance % rule.interval === 0 ? distance : null;
}

function passes(rule: Rule, time: number, begin: number): boolean {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const first = new Date(begin);
  const monthDays = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const yearDays = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / day_ms;
  const yearDay = Math.floor((time - Date.UTC(year, 0, 1)) / day_ms) + 1;
  const has = (list: readonly number[], value: number, size?: number) =>
    list.length === 0 || list.includes(value) || (size !== undefined && list.includes(value - size - 1));
  const { freq, byDay, byMonthDay, byYearDay, byWeekNo, byMonth } = rule;
  if (!has(byMonth, month + 1)) return false;
  if (!has(byMonthDay, day, monthDays) || !has(byYearDay, yearDay, yearDays)) return false;
  if (byWeekNo.length > 0) {
    const week = weekOf(time, rule.wkst);
    if (!has(byWeekNo, week.number, week.weeks)) return false;
  }
  const inYear = freq === 'YEARLY' && byMonth.length === 0;
  const [place, size] = inYear ? [yearDay, yearDays] : [day, monthDays];
  const weekday = date.getUTCDay() || 7;
  const counts = [null, Math.floor((place - 1) / 7) + 1, -(Math.floor((size - place) / 7) + 1)];
  if (byDay.length > 0 && !byDay.some((one) => one.weekday === weekday && counts.includes(one.nth))) return false;
  if (byDay.length + byMonthDay.length + byYearDay.length === 0) {
    if ((freq === 'WEEKLY' || byWeekNo.length > 0) && weekday !== (first.getUTCDay() || 7)) return false;
    if (freq === 'MONTHLY' && day !== first.getUTCDate()) return false;
    if (freq === 'YEARLY' && byWeekNo.length === 0) {
      if (day !== first.getUTCDate() || (byMonth.length === 0 && month !== first.getUTCMonth())) return false;
    }
  }
  // The other times of day are no candidates.
  const sixty = rule.bySecond.map((second) => Math.min(second, 59));
  if (freq === 'HOURLY') return has(rule.byHour, date.getUTCHours());
  if (freq === 'MINUTELY') return has(rule.byHour, date.getUTCHours()) && has(rule.byMinute, date.getUTCMinutes());
  if (freq !== 'SECONDLY') return true;
  return [
    has(rule.byHour, date.getUTCHours()),
    has(rule.byMinute, date.getUTCMinutes()),
    has(sixty, date.getUTCSeconds()),
  ].every(Boolean);
}

function weekStart(time: number, wkst: number): number {
  const day = Math.floor(time / day_ms) * day_ms;
  const weekday = new Date(day).getUTCDay() || 7;
  return day - ((weekday - wkst + 7) % 7) * day_ms;
}

/** Week 1 of a year is the one that holds 4 January. */
function weekOf(time: number, wkst: number): { year: number; number: number; weeks: number } {
  const start = weekStart(time, wkst);
  const year = new Date(start + 3 * day_ms).getUTCFullYear();
  const firstWeek = weekStart(Date.UTC(year, 0, 4), wkst);
  const nextWeek = weekStart(Date.UTC(year + 1, 0, 4), wkst);
  return { year, number: (start - firstWeek) / day_ms / 7 + 1, weeks: (nextWeek - firstWeek) / day_ms / 7 };
}
