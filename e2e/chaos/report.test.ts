import { expect, test } from 'vitest';
import { momentsOver } from './moments.ts';
import { readOptions } from './options.ts';
import { seededRandom } from './random.ts';
import { type ChaosFacts, faultsOf, reportLines } from './report.ts';

const punctual = { counted: 90, p50_ms: 20, p99_ms: 300, max_ms: 500 };

const jumps = {
  planned: 60,
  jumps: 6,
  told: 60,
  handedOver: 60,
  lost: [],
  twice: [],
  reconcile: { line: 'lost 0', code: 0, findings: [] },
};

const good: ChaosFacts = {
  planned: 100,
  fired: 100,
  inApp: 100,
  handedOver: 100,
  lost: [],
  effectiveDuplicates: [],
  rawDuplicates: 2,
  unexplainedDuplicates: [],
  messagesInFlight: 3,
  secondDecisions: { tried: 5, refused: 5 },
  inAppLateness: punctual,
  webhookLateness: punctual,
  completions: 40,
  successors: 40,
  brokenSeries: [],
  kills: { atMoments: 4, atFailPoints: { 'reminders:fired': 6 }, withWorkInFlight: 8 },
  postgresKills: 1,
  carrierKills: ['broker'],
  filing: { events: 500, filed: 500, outOfOrder: 0, deadLetters: 0 },
  endedByThemselves: 1,
  clockJumps: jumps,
  reconcile: { findings: [], line: 'planned 100 · sent 200 · suppressed 0 · lost 0 · duplicate 0', code: 0 },
};
const expected = { kills: 10, postgresKills: 1, carrierKills: 1, judgesTimes: true };

test('a run that shows what it must has no fault', () => {
  expect(faultsOf(good, expected)).toEqual([]);
});

test.each<[string, Partial<ChaosFacts>, RegExp]>([
  ['nothing was tried', { planned: 0 }, /nothing was planned/],
  ['a reminder is lost', { lost: ['a'] }, /^lost: a$/],
  ['a person is told twice', { effectiveDuplicates: ['a'] }, /told twice: a/],
  ['a message is sent again and nobody was killed', { unexplainedDuplicates: ['a'] }, /sent twice without a kill/],
  ['more is sent again than was in flight', { rawDuplicates: 4 }, /4 raw duplicates/],
  ['a second decision is accepted', { secondDecisions: { tried: 5, refused: 4 } }, /1 second decisions/],
  ['a completion has no successor', { successors: 39 }, /40 completions have 39 successors/],
  ['no broker was killed', { carrierKills: [] }, /brokers and sidecars were killed 0 times/],
  ['an event is not filed', { filing: { ...good.filing, filed: 499 } }, /of 500 events 499 are in the audit log/],
  ['an event is filed late', { filing: { ...good.filing, outOfOrder: 1 } }, /1 events were filed after a later one/],
  ['a consumer gave up', { filing: { ...good.filing, deadLetters: 1 } }, /1 events became dead letters/],
  ['a series has a gap', { brokenSeries: ['s'] }, /gap or a double: s/],
  [
    'too few were killed',
    { kills: { atMoments: 1, atFailPoints: { 'reminders:fired': 1 }, withWorkInFlight: 2 } },
    /only 2 of 10 kills/,
  ],
  ['PostgreSQL was not killed', { postgresKills: 0 }, /PostgreSQL was stopped 0 times/],
  ['the books do not agree', { reconcile: { line: 'lost 1', code: 1, findings: [] } }, /reconcile ended with 1/],
  ['a jump of the clock loses one', { clockJumps: { ...jumps, lost: ['a'] } }, /lost when the clock jumped: a/],
  ['a jump of the clock doubles one', { clockJumps: { ...jumps, twice: ['a'] } }, /twice when the clock jumped: a/],
  [
    'kills hit idle programs',
    { kills: { atMoments: 4, atFailPoints: { 'reminders:fired': 6 }, withWorkInFlight: 3 } },
    /less than a third/,
  ],
  ['messages are late', { webhookLateness: { ...punctual, p99_ms: 1000 } }, /p99 lateness of 1000 ms/],
])('a run fails when %s', (_when, change, fault) => {
  const faults = faultsOf({ ...good, ...change }, expected);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(fault);
});

test('the short form judges what was delivered, and leaves times to the standard form', () => {
  const slow = { ...good, inAppLateness: { ...punctual, p99_ms: 5000 } };
  expect(faultsOf(slow, { ...expected, judgesTimes: false })).toEqual([]);
});

test('the report says all of it, and its last line is that of the reconciliation', () => {
  const lines = reportLines(good);
  expect(lines[0]).toBe('planned 100 · fired 100 · in-app 100 · handed over 100 · lost 0');
  expect(lines[1]).toBe('effective duplicates 0 · raw duplicates 2 · messages in flight at kills 3');
  expect(lines.at(-1)).toBe('planned 100 · sent 200 · suppressed 0 · lost 0 · duplicate 0');
});

test('kills are spread over the run, and one seed gives the same moments', () => {
  const draw = (seed: number) => momentsOver(seededRandom(seed), { count: 50, duration_ms: 300_000 });
  const moments = draw(3);
  expect(moments).toEqual(draw(3));
  expect(moments).not.toEqual(draw(4));
  expect(moments).toEqual([...moments].sort((a, b) => a - b));
  const inEachThird = [0, 1, 2].map((third) => moments.filter((at) => Math.floor(at / 100_000) === third).length);
  expect(Math.min(...inEachThird)).toBeGreaterThan(10);
});

test('the command line has a standard and a short form, and refuses what cannot be', () => {
  expect(readOptions(['--seed', '5'])).toMatchObject({
    reminders: 10_000,
    seconds: 300,
    kills: 50,
    postgresKills: 5,
    seed: 5,
    judgesTimes: true,
    withoutUniqueIndex: false,
    clockJumps: true,
  });
  expect(readOptions(['--short', '--kills', '3'])).toMatchObject({ kills: 3, postgresKills: 1, judgesTimes: false });
  expect(() => readOptions(['--kills', 'many'])).toThrow('--kills must be a whole number from 0 to 1000');
  expect(() => readOptions(['--seconds', '30', '--postgres-kills', '5'])).toThrow('needs 13 seconds for each');
  expect(() => readOptions(['--sedd', '5'])).toThrow('--sedd');
});
