import { numberParts, type Rule, type Until, type WeekdayPosition, weekdayNames } from './rule.ts';

const listOrder = [
  'BYMONTH',
  'BYWEEKNO',
  'BYYEARDAY',
  'BYMONTHDAY',
  'BYDAY',
  'BYHOUR',
  'BYMINUTE',
  'BYSECOND',
  'BYSETPOS',
] as const;

/** The canonical text of a rule: FREQ first, then from the coarse to the fine, and nothing that says the default. */
export function formatRule(rule: Rule): string {
  const parts = [`FREQ=${rule.freq}`];
  if (rule.interval !== 1) parts.push(`INTERVAL=${rule.interval}`);
  for (const name of listOrder) {
    const values = name === 'BYDAY' ? rule.byDay.map(weekdayText) : rule[numberParts[name]];
    if (values.length > 0) parts.push(`${name}=${values.join(',')}`);
  }
  if (rule.wkst !== 1) parts.push(`WKST=${weekdayNames[rule.wkst - 1]}`);
  if (rule.count !== null) parts.push(`COUNT=${rule.count}`);
  if (rule.until !== null) parts.push(`UNTIL=${untilText(rule.until)}`);
  return parts.join(';');
}

export function weekdayText({ nth, weekday }: WeekdayPosition): string {
  return `${nth ?? ''}${weekdayNames[weekday - 1]}`;
}

function untilText({ text }: Until): string {
  return text.replaceAll(/[-:]/g, '');
}
