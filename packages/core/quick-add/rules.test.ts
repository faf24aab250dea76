/**
 * Rules in words at 10:15 on Wednesday, March 11, 2026, in New York: the first date and the RRULE, with `!` where the interval counts from
 * completion.
 */
import { expect, test } from 'vitest';
import { parseQuickAdd } from './parse.ts';

const setting = { now: '2026-03-11T10:15', timezone: 'America/New_York' };

const rules: [line: string, title: string, due: string, rule: string][] = [
  ['Pay rent every 1st at 9am p1 @home', 'Pay rent', '2026-04-01T09:00', 'FREQ=MONTHLY;BYMONTHDAY=1'],
  ['every day Pay rent', 'Pay rent', '2026-03-11', 'FREQ=DAILY'],
  ['every monday 9am water plants', 'water plants', '2026-03-16T09:00', 'FREQ=WEEKLY;BYDAY=MO'],
  ['Water plants every monday 9am', 'Water plants', '2026-03-16T09:00', 'FREQ=WEEKLY;BYDAY=MO'],
  ['Water plants every mon, wed and fri at 20:00', 'Water plants', '2026-03-11T20:00', 'FREQ=WEEKLY;BYDAY=MO,WE,FR'],
  ['Water plants every mon,fri', 'Water plants', '2026-03-13', 'FREQ=WEEKLY;BYDAY=MO,FR'],
  ['Water plants every weekday', 'Water plants', '2026-03-11', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
  ['Water plants every workday at 7:30', 'Water plants', '2026-03-12T07:30', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
  ['Water plants every weekend', 'Water plants', '2026-03-14', 'FREQ=WEEKLY;BYDAY=SA'],
  ['Water plants every other day', 'Water plants', '2026-03-11', 'FREQ=DAILY;INTERVAL=2'],
  ['Water plants every other friday', 'Water plants', '2026-03-13', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR'],
  ['Water plants every other week', 'Water plants', '2026-03-11', 'FREQ=WEEKLY;INTERVAL=2'],
  ['Water plants every 3rd friday', 'Water plants', '2026-03-20', 'FREQ=MONTHLY;BYDAY=3FR'],
  ['Water plants every last friday of the month', 'Water plants', '2026-03-27', 'FREQ=MONTHLY;BYDAY=-1FR'],
  ['Water plants every last day', 'Water plants', '2026-03-31', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
  ['Water plants every last day of the month', 'Water plants', '2026-03-31', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
  ['Water plants every 2, 15, 27', 'Water plants', '2026-03-15', 'FREQ=MONTHLY;BYMONTHDAY=2,15,27'],
  ['Water plants every 1st and 15th', 'Water plants', '2026-03-15', 'FREQ=MONTHLY;BYMONTHDAY=1,15'],
  ['Water plants every 27th', 'Water plants', '2026-03-27', 'FREQ=MONTHLY;BYMONTHDAY=27'],
  ['Water plants every 31st', 'Water plants', '2026-03-31', 'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1'],
  ['Water plants every 1st wed jan', 'Water plants', '2027-01-06', 'FREQ=YEARLY;BYMONTH=1;BYDAY=1WE'],
  [
    'Water plants every 1st wed jan, 3rd thu jul',
    'Water plants',
    '2026-07-16',
    'FREQ=YEARLY;BYMONTH=1,7;BYDAY=1WE,3TH;BYSETPOS=1,4',
  ],
  ['Water plants every jan 27th', 'Water plants', '2027-01-27', 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=27'],
  [
    'Water plants every 14 jan, 14 apr, 15 jun, 15 sep',
    'Water plants',
    '2026-04-14',
    'FREQ=YEARLY;BYMONTH=1,4,6,9;BYMONTHDAY=14,15;BYSETPOS=1,3,6,8',
  ],
  ['Water plants every first workday', 'Water plants', '2026-04-01', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1'],
  ['Water plants every last workday', 'Water plants', '2026-03-31', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'],
  ['Water plants every 15th workday', 'Water plants', '2026-03-20', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=15'],
  ['Water plants quarterly', 'Water plants', '2026-03-11', 'FREQ=MONTHLY;INTERVAL=3'],
  ['Water plants every quarter', 'Water plants', '2026-03-11', 'FREQ=MONTHLY;INTERVAL=3'],
  ['Water plants every! 3 days', 'Water plants', '2026-03-11', 'FREQ=DAILY;INTERVAL=3 !'],
  ['Water plants after 10 days', 'Water plants', '2026-03-21', 'FREQ=DAILY;INTERVAL=10 !'],
  ['Water plants every! 3 days at 9am', 'Water plants', '2026-03-12T09:00', 'FREQ=DAILY;INTERVAL=3 !'],
  ['Water plants every day until june 1', 'Water plants', '2026-03-11', 'FREQ=DAILY;UNTIL=20260601'],
  ['Water plants every day starting june 1', 'Water plants', '2026-06-01', 'FREQ=DAILY'],
  [
    'Water plants every day starting june 1 until june 10 at 8am',
    'Water plants',
    '2026-06-01T08:00',
    'FREQ=DAILY;UNTIL=20260611T035959Z',
  ],
  ['Water plants every day for 3 weeks', 'Water plants', '2026-03-11', 'FREQ=DAILY;UNTIL=20260331'],
  ['Water plants every day for 10 times', 'Water plants', '2026-03-11', 'FREQ=DAILY;COUNT=10'],
  ['Water plants every day for 2 hours', 'Water plants for 2 hours', '2026-03-11', 'FREQ=DAILY'],
  ['Water plants every 12 hours starting at 9pm', 'Water plants', '2026-03-11T21:00', 'FREQ=HOURLY;INTERVAL=12'],
  [
    'Water plants every 2 weeks on mon and fri until 3 Mar 2027',
    'Water plants',
    '2026-03-13',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270303',
  ],
  ['Water plants every month on the 15th', 'Water plants', '2026-03-15', 'FREQ=MONTHLY;BYMONTHDAY=15'],
  ['Water plants every year on jan 27', 'Water plants', '2027-01-27', 'FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=27'],
  ['Water plants every evening', 'Water plants', '2026-03-11T19:00', 'FREQ=DAILY'],
  ['Water plants every 8pm', 'Water plants', '2026-03-11T20:00', 'FREQ=DAILY'],
  ['Water plants hourly', 'Water plants', '2026-03-11T11:15', 'FREQ=HOURLY'],
  ['Water plants daily', 'Water plants', '2026-03-11', 'FREQ=DAILY'],
  ['Water plants weekly', 'Water plants', '2026-03-11', 'FREQ=WEEKLY'],
  ['Water plants yearly', 'Water plants', '2026-03-11', 'FREQ=YEARLY'],
  ['Water plants annually', 'Water plants', '2026-03-11', 'FREQ=YEARLY'],
  ['Water plants biannually', 'Water plants', '2026-03-11', 'FREQ=MONTHLY;INTERVAL=6'],
  ['Water plants semiannually', 'Water plants', '2026-03-11', 'FREQ=MONTHLY;INTERVAL=6'],
  ['Water plants biennially', 'Water plants', '2026-03-11', 'FREQ=YEARLY;INTERVAL=2'],
  ['Water plants each hour', 'Water plants', '2026-03-11T11:15', 'FREQ=HOURLY'],
  ['Water plants each two hours', 'Water plants', '2026-03-11T12:15', 'FREQ=HOURLY;INTERVAL=2'],
  ['Water plants every ten years', 'Water plants', '2026-03-11', 'FREQ=YEARLY;INTERVAL=10'],
  ['Water plants every 30 minutes', 'Water plants', '2026-03-11T10:45', 'FREQ=MINUTELY;INTERVAL=30'],
  ['Water plants every day except sunday', 'Water plants', '2026-03-11', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA'],
  ['Water plants every hour at 11:42', 'Water plants', '2026-03-11T11:42', 'FREQ=HOURLY'],
  ['Water plants after 2 weeks', 'Water plants', '2026-03-25', 'FREQ=WEEKLY;INTERVAL=2 !'],
  ['Water plants every week monday at 10am', 'Water plants', '2026-03-16T10:00', 'FREQ=WEEKLY;BYDAY=MO'],
  ['Water plants everyday', 'Water plants', '2026-03-11', 'FREQ=DAILY'],
  ['Water plants ev day', 'Water plants', '2026-03-11', 'FREQ=DAILY'],
  ['Water plants every day at 9am #Garden +Ann p2 ^1h ^2d', 'Water plants', '2026-03-12T09:00', 'FREQ=DAILY'],
  ['WATER PLANTS EVERY DAY', 'WATER PLANTS', '2026-03-11', 'FREQ=DAILY'],
  ['Water plants every Monday', 'Water plants', '2026-03-16', 'FREQ=WEEKLY;BYDAY=MO'],
  ['Water plants Every day at 8am', 'Water plants', '2026-03-12T08:00', 'FREQ=DAILY'],
  [
    'Pay rent every month on the 1st until june 1',
    'Pay rent',
    '2026-04-01',
    'FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20260601',
  ],
  ['Pay rent every month starting next monday', 'Pay rent', '2026-03-16', 'FREQ=MONTHLY'],
  ['Pay rent every 2nd friday', 'Pay rent', '2026-03-13', 'FREQ=MONTHLY;BYDAY=2FR'],
  ['Pay rent every second week', 'Pay rent', '2026-03-11', 'FREQ=WEEKLY;INTERVAL=2'],
  ['Pay rent every second day', 'Pay rent', '2026-03-11', 'FREQ=DAILY;INTERVAL=2'],
  ['Pay rent every mon, fri at 20:00 starting june 1', 'Pay rent', '2026-06-01T20:00', 'FREQ=WEEKLY;BYDAY=MO,FR'],
  [
    'Pay rent every weekday at 9am until end of month',
    'Pay rent',
    '2026-03-12T09:00',
    'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260401T035959Z',
  ],
  ['Pay rent every! week', 'Pay rent', '2026-03-11', 'FREQ=WEEKLY !'],
  ['Pay rent every! monday', 'Pay rent', '2026-03-16', 'FREQ=WEEKLY;BYDAY=MO !'],
  ['Pay rent every month on the last friday', 'Pay rent', '2026-03-27', 'FREQ=MONTHLY;BYDAY=-1FR'],
  ['Pay rent every month on the last day', 'Pay rent', '2026-03-31', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
  ['Pay rent monthly on the 15th', 'Pay rent', '2026-03-15', 'FREQ=MONTHLY;BYMONTHDAY=15'],
  ['Pay rent weekly on monday and friday at 9am', 'Pay rent', '2026-03-13T09:00', 'FREQ=WEEKLY;BYDAY=MO,FR'],
  ['Pay rent every year', 'Pay rent', '2026-03-11', 'FREQ=YEARLY'],
  ['Pay rent every 6 months', 'Pay rent', '2026-03-11', 'FREQ=MONTHLY;INTERVAL=6'],
  ['Pay rent every one week', 'Pay rent', '2026-03-11', 'FREQ=WEEKLY'],
  ['Pay rent every three months from june 1', 'Pay rent', '2026-06-01', 'FREQ=MONTHLY;INTERVAL=3'],
  ['Pay rent every day 10 times', 'Pay rent', '2026-03-11', 'FREQ=DAILY;COUNT=10'],
  ['Pay rent every week for 2 months', 'Pay rent', '2026-03-11', 'FREQ=WEEKLY;UNTIL=20260510'],
  ['Pay rent every 12 hours', 'Pay rent', '2026-03-11T22:15', 'FREQ=HOURLY;INTERVAL=12'],
  ['Pay rent every day in the morning', 'Pay rent', '2026-03-12T09:00', 'FREQ=DAILY'],
  ['Pay rent every morning at 6am', 'Pay rent', '2026-03-12T06:00', 'FREQ=DAILY'],
  ['Pay rent every friday night', 'Pay rent', '2026-03-13T22:00', 'FREQ=WEEKLY;BYDAY=FR'],
  ['Pay rent every 4th of july', 'Pay rent', '2026-07-04', 'FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4'],
  ['Pay rent every 3rd of the month', 'Pay rent', '2026-04-03', 'FREQ=MONTHLY;BYMONTHDAY=3'],
  ['Pay rent every 29th', 'Pay rent', '2026-03-29', 'FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1'],
  ['Pay rent every feb 29', 'Pay rent', '2028-02-29', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29'],
  ['Pay rent every sunday at 12am', 'Pay rent', '2026-03-15T00:00', 'FREQ=WEEKLY;BYDAY=SU'],
  ['Pay rent every weekend at 10am', 'Pay rent', '2026-03-14T10:00', 'FREQ=WEEKLY;BYDAY=SA'],
  ['Pay rent every other weekend', 'Pay rent', '2026-03-14', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA'],
  ['Pay rent every other month on the 5th', 'Pay rent', '2026-04-05', 'FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5'],
  ['Pay rent every 2 months on the 2nd tuesday', 'Pay rent', '2026-04-14', 'FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU'],
  ['Pay rent every 30 days', 'Pay rent', '2026-03-11', 'FREQ=DAILY;INTERVAL=30'],
  ['Pay rent every 90 minutes', 'Pay rent', '2026-03-11T11:45', 'FREQ=MINUTELY;INTERVAL=90'],
  ['Pay rent each monday', 'Pay rent', '2026-03-16', 'FREQ=WEEKLY;BYDAY=MO'],
  ['Pay rent every day!', 'Pay rent!', '2026-03-11', 'FREQ=DAILY'],
];

test.each(rules)('%s', (line, title, due, rule) => {
  const { recurrence, ...read } = parseQuickAdd(line, setting);
  expect([read.title, read.due_local]).toEqual([title, due]);
  expect(`${recurrence?.rrule}${recurrence?.mode === 'after_completion' ? ' !' : ''}`).toBe(rule);
  expect(read.next[0]).toBe(due);
});

test('the next five dates keep the wall time across a change of the clock', () => {
  const read = parseQuickAdd('Water plants every friday at 9am', {
    now: '2026-03-04T10:15',
    timezone: 'America/New_York',
  });
  expect(read.next).toEqual([
    '2026-03-06T09:00',
    '2026-03-13T09:00',
    '2026-03-20T09:00',
    '2026-03-27T09:00',
    '2026-04-03T09:00',
  ]);
  expect(read.due_at).toBe('2026-03-06T14:00:00Z');
});

test('from the 31st on, every month means its last day where it is shorter', () => {
  const read = parseQuickAdd('Pay rent every month', { now: '2026-01-31T08:00', timezone: 'Europe/Berlin' });
  expect(read.next).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
});

test('dates of several months are each met once a year', () => {
  const read = parseQuickAdd('Pay tax every 14 jan, 14 apr, 15 jun, 15 sep', setting);
  expect(read.next).toEqual(['2026-04-14', '2026-06-15', '2026-09-15', '2027-01-14', '2027-04-14']);
  const named = parseQuickAdd('Meet every 1st wed jan, 3rd thu jul', setting);
  expect(named.next).toEqual(['2026-07-16', '2027-01-06', '2027-07-15', '2028-01-05', '2028-07-20']);
});
