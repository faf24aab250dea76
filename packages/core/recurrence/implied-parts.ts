/** What a rule leaves to its start, written out: `FREQ=MONTHLY` from 3 March means the 3rd of every month. */
import { civilFromDay, weekdayOf } from './calendar.ts';
import type { Rule, Weekday } from './rule.ts';
import { dayOfWall } from './wall-time.ts';

export function withImpliedDays(rule: Rule, start: number): Rule {
  const { freq, byDay, byMonthDay, byYearDay, byWeekNo, byMonth } = rule;
  if (byDay.length + byMonthDay.length + byYearDay.length > 0) return rule;
  const startDay = dayOfWall(start);
  const onStartWeekday = { ...rule, byDay: [{ weekday: weekdayOf(startDay) as Weekday, nth: null }] };
  if (freq === 'WEEKLY' || byWeekNo.length > 0) return onStartWeekday;
  const { month, day } = civilFromDay(startDay);
  if (freq === 'MONTHLY') return { ...rule, byMonthDay: [day] };
  if (freq !== 'YEARLY') return rule;
  return { ...rule, byMonthDay: [day], byMonth: byMonth.length > 0 ? byMonth : [month] };
}
