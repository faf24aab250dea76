/** What RFC 5545 says that a rule MUST NOT combine. Each part alone is well formed by then. */
import { type Frequency, hasByParts, type Problem, type Rule } from './rule.ts';

export function ruleContradictions(rule: Rule): Problem[] {
  const isOneOf = (...freqs: Frequency[]) => freqs.includes(rule.freq);
  const numbered = rule.byDay.some(({ nth }) => nth !== null);
  const only = rule.bySetPos.length > 0 && !hasByParts({ ...rule, bySetPos: [] });
  const checks: [boolean, string, string][] = [
    [rule.count !== null && rule.until !== null, 'UNTIL', 'cannot stand beside COUNT: a rule ends in one way'],
    [rule.byWeekNo.length > 0 && !isOneOf('YEARLY'), 'BYWEEKNO', 'needs FREQ=YEARLY'],
    [
      rule.byYearDay.length > 0 && isOneOf('DAILY', 'WEEKLY', 'MONTHLY'),
      'BYYEARDAY',
      'cannot stand beside FREQ=DAILY, WEEKLY or MONTHLY',
    ],
    [rule.byMonthDay.length > 0 && isOneOf('WEEKLY'), 'BYMONTHDAY', 'cannot stand beside FREQ=WEEKLY'],
    [numbered && !isOneOf('MONTHLY', 'YEARLY'), 'BYDAY', 'counts weekdays only with FREQ=MONTHLY or YEARLY'],
    [numbered && rule.byWeekNo.length > 0, 'BYDAY', 'cannot count weekdays beside BYWEEKNO'],
    [only, 'BYSETPOS', 'needs another BY part to choose from'],
  ];
  return checks.filter(([broken]) => broken).map(([, part, message]) => ({ part, message }));
}
