import { describe, expect, it } from 'vitest';
import { formatRule } from './format-rule.ts';
import { parseRule } from './parse-rule.ts';
import { checkSchedule } from './schedule.ts';

function problemOf(text: string): string {
  const read = parseRule(text);
  return read.ok ? 'accepted' : read.problems.map(({ part, message }) => `${part}: ${message}`).join('; ');
}

const canonical = (text: string): string => {
  const read = parseRule(text);
  return read.ok ? formatRule(read.rule) : problemOf(text);
};

describe('a rule that is refused', () => {
  it.each([
    ['', 'is empty'],
    ['INTERVAL=2', 'FREQ: is missing'],
    ['FREQ=', 'is one of'],
    ['FREQ=DAILY;', 'a part is empty'],
    ['FREQ=DAILY;;COUNT=2', 'a part is empty'],
    ['FREQ=DAILY;COUNT', 'NAME=value'],
    ['FREQ=DAILY;COUNT=-1', 'whole number'],
    ['FREQ=DAILY;COUNT=1.5', 'whole number'],
    ['FREQ=DAILY;COUNT=99999999999', 'whole number'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL: '],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', 'beside COUNT'],
    ['FREQ=DAILY;UNTIL=20270230', 'UNTIL: '],
    ['FREQ=DAILY;UNTIL=20270101T240000Z', 'UNTIL: '],
    ['FREQ=DAILY;BYMONTH=', 'BYMONTH: '],
    ['FREQ=DAILY;BYMONTH=0', 'from 1 to 12'],
    ['FREQ=DAILY;BYMONTH=13', 'from 1 to 12'],
    ['FREQ=DAILY;BYMONTH=-1', 'from 1 to 12'],
    ['FREQ=DAILY;BYHOUR=+9', 'from 0 to 23'],
    ['FREQ=DAILY;BYMINUTE=60', 'from 0 to 59'],
    ['FREQ=DAILY;BYSECOND=61', 'from 0 to 60'],
    ['FREQ=DAILY;BYMONTHDAY=1,,2', 'BYMONTHDAY: '],
    ['FREQ=DAILY;BYMONTHDAY=001', 'BYMONTHDAY: '],
    ['FREQ=DAILY;BYDAY=', 'BYDAY: '],
    ['FREQ=DAILY;BYDAY=MON', 'BYDAY: '],
    ['FREQ=DAILY;BYDAY=1MO', 'only with FREQ=MONTHLY or YEARLY'],
    ['FREQ=YEARLY;BYDAY=54MO', 'counts weekdays'],
    ['FREQ=DAILY;WKST=1', 'WKST: '],
    ['FREQ=MONTHLY;BYWEEKNO=1', 'needs FREQ=YEARLY'],
    ['FREQ=YEARLY;BYWEEKNO=54', 'from 1 to 53'],
    ['FREQ=DAILY;BYYEARDAY=1', 'cannot stand beside'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'cannot stand beside FREQ=WEEKLY'],
    ['FREQ=DAILY;BYSETPOS=1', 'needs another BY part'],
    ['FREQ=DAILY;BYEASTER=1', 'is not a rule part'],
    ['FREQ=DAILY;X-PART=1', 'is not a rule part'],
    ['RRULE:FREQ=DAILY', 'name of the property'],
    [' FREQ=DAILY', 'a space'],
    [`FREQ=DAILY;BYMONTHDAY=${'1,'.repeat(3000)}1`, 'longer than'],
    [`FREQ=DAILY;BYMONTHDAY=${'1,'.repeat(400)}1`, 'entries'],
  ])('%s', (text, reason) => {
    expect(problemOf(text)).toContain(reason);
  });

  it('is refused with every reason at once', () => {
    expect(problemOf('FREQ=DAILY;BYHOUR=24;BYMINUTE=60')).toMatch(/BYHOUR.*BYMINUTE/);
  });
});

describe('a rule that is read', () => {
  it.each([
    ['freq=weekly;byday=mo', 'FREQ=WEEKLY;BYDAY=MO'],
    ['BYDAY=+1MO,-1FR;FREQ=MONTHLY', 'FREQ=MONTHLY;BYDAY=1MO,-1FR'],
    ['FREQ=DAILY;INTERVAL=01', 'FREQ=DAILY'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1,20,05,20', 'FREQ=MONTHLY;BYMONTHDAY=5,20,-1'],
    ['FREQ=WEEKLY;WKST=SU;BYDAY=SU,MO,MO;COUNT=3', 'FREQ=WEEKLY;BYDAY=MO,SU;WKST=SU;COUNT=3'],
    ['UNTIL=20270101T090060Z;FREQ=DAILY;WKST=MO', 'FREQ=DAILY;UNTIL=20270101T090059Z'],
    ['FREQ=DAILY;UNTIL=20270101', 'FREQ=DAILY;UNTIL=20270101'],
  ])('%s is written %s', (text, written) => {
    expect(canonical(text)).toBe(written);
  });
});

describe('a schedule', () => {
  function problems(rrule: string, start: string, more: { timezone?: string; exdates?: string[] } = {}) {
    const read = parseRule(rrule);
    if (!read.ok) throw new Error(rrule);
    const schedule = { rule: read.rule, start, timezone: 'Europe/Berlin', ...more };
    return checkSchedule(schedule).map(({ part }) => part);
  }
  const timed = '2026-03-02T09:00:00';

  it('has UNTIL in the kind of its start', () => {
    expect(problems('FREQ=DAILY;UNTIL=20270101', '2026-03-02')).toEqual([]);
    expect(problems('FREQ=DAILY;UNTIL=20270101T000000Z', '2026-03-02')).toEqual(['UNTIL']);
    expect(problems('FREQ=DAILY;UNTIL=20270101T000000Z', timed)).toEqual([]);
    expect(problems('FREQ=DAILY;UNTIL=20270101T000000', timed)).toEqual([]);
    expect(problems('FREQ=DAILY;UNTIL=20270101', timed)).toEqual(['UNTIL']);
  });

  it('of whole days does not repeat within a day', () => {
    expect(problems('FREQ=HOURLY', '2026-03-02')).toEqual(['FREQ']);
  });

  it('has a start, a zone and exceptions that exist', () => {
    expect(problems('FREQ=DAILY', '2026-02-30T09:00:00')).toEqual([null]);
    expect(problems('FREQ=DAILY', timed, { timezone: 'Mars/Olympus' })).toEqual([null]);
    expect(problems('FREQ=DAILY', timed, { exdates: ['2026-03-03'] })).toEqual(['EXDATE']);
    expect(problems('FREQ=DAILY', timed, { exdates: ['2026-03-03T09:00:00'] })).toEqual([]);
  });
});
