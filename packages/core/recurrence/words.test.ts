import { expect, it } from 'vitest';
import { parseRule } from './parse-rule.ts';
import type { Mode } from './successor.ts';
import { ruleInWords } from './words.ts';

function words(rrule: string, start: string | null = '2026-03-02T09:00:00', mode?: Mode, locale?: string): string {
  const read = parseRule(rrule);
  if (!read.ok) throw new Error(rrule);
  return ruleInWords(read.rule, start, mode, locale);
}

it.each([
  ['FREQ=DAILY', 'every day at 09:00'],
  ['FREQ=MONTHLY;BYMONTHDAY=1', 'every month on the 1st at 09:00'],
  ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', 'every weekday at 09:00'],
  ['FREQ=DAILY;COUNT=10', 'every day at 09:00, 10 times'],
  ['FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1', 'every month on the last day at 09:00'],
  ['FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1', 'every month on the 30th or the last day at 09:00'],
  ['FREQ=MONTHLY;BYMONTHDAY=15,-2', 'every month on the 15th and the 2nd last day at 09:00'],
  ['FREQ=MONTHLY;BYDAY=-1FR', 'every month on the last Fri at 09:00'],
  ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', 'every month on the 13th if it is a Fri at 09:00'],
  ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', 'every month on the last weekday at 09:00'],
  ['FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3', 'every month on Tue, Wed and Thu (only the 3rd of these) at 09:00'],
  ['FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1', 'every year on 1 Mar at 09:00'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', 'every year on 29 Feb at 09:00'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'every year on the 30th in Feb at 09:00'],
  ['FREQ=YEARLY;BYDAY=20MO', 'every year on the 20th Mon of the year at 09:00'],
  ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', 'every year on Mon in week 20 at 09:00'],
  ['FREQ=YEARLY;BYMONTH=1,7', 'every year in Jan and Jul at 09:00'],
  ['FREQ=DAILY;BYHOUR=9,17;BYMINUTE=30', 'every day at 09:30 and 17:30'],
  ['FREQ=HOURLY;INTERVAL=2;BYHOUR=9,10,11,15', 'every 2 hours during 09:00–12:00 and 15:00–16:00'],
])('%s is "%s"', (rule, text) => {
  expect(words(rule)).toBe(text);
});

it('says no time of day for whole days or where no start is known', () => {
  expect(words('FREQ=DAILY', '2026-03-02')).toBe('every day');
  const rule = 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270303T225959Z';
  expect(words(rule, null)).toBe('every 2 weeks on Mon and Fri, until 3 Mar 2027');
});

it('says what is counted from the completion', () => {
  expect(words('FREQ=DAILY;INTERVAL=3', '2026-03-02', 'after_completion')).toBe('every 3 days after it is done');
});

it('tells the last day in the zone of the series', () => {
  const read = parseRule('FREQ=DAILY;UNTIL=20270304T075959Z');
  if (!read.ok) throw new Error('refused');
  expect(ruleInWords(read.rule, null, 'on_completion', 'en', 'America/Los_Angeles')).toBe(
    'every day, until 3 Mar 2027',
  );
});

it.each([
  ['de-CH', 'alle 2 Wochen am Mo und Fr um 09:00, bis 3. März 2027'],
  ['es', 'cada 2 semanas el lun y vie a las 09:00, hasta el 3 mar 2027'],
  ['fr', 'toutes les 2 semaines le lun. et ven. à 09:00, jusqu’au 3 mars 2027'],
  ['zh-CN', '每2周的周一和周五 09:00，直到2027年3月3日'],
])('has the words of %s', (locale, text) => {
  const rule = 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270303T225959Z';
  expect(words(rule, '2026-03-02T09:00:00', 'on_completion', locale)).toBe(text);
});

it('answers in English where it has no other words', () => {
  expect(words('FREQ=DAILY', null, 'on_completion', 'tlh')).toBe('every day');
});
