/**
 * The recurrence engine against two libraries: the fastest known, which is native code, and one on `Temporal`. A measurement begins
 * with the rule's text each time and ends with texts or objects of the occurrences, as a program would use it. Then the far seek,
 * and the slowest of many hostile rules.
 */
import fc from 'fast-check';
import { RRuleSet } from 'rrule-rust';
import { RRuleTemporal } from 'rrule-temporal';
import { occurrenceBefore, occurrencesAfter } from '../packages/core/recurrence/occurrences.ts';
import type { Schedule } from '../packages/core/recurrence/schedule.ts';
import { hostileSchedules } from '../packages/core/test/random-schedules.ts';
import { scheduleOf } from '../packages/core/test/recurrence-checks.ts';
import { atLeast, type Bench, below, short } from './frame/report.ts';
import { interleave, median, summarise } from './frame/rounds.ts';

const occurrences = 1000;
const weekly = { rrule: 'FREQ=WEEKLY;BYDAY=MO,WE,FR', start: '2026-03-02T09:00:00', timezone: 'America/New_York' };
const daily = { rrule: 'FREQ=DAILY', start: '2006-03-02T09:00:00', timezone: 'America/New_York' };
const twentyYearsLater = '2026-03-02T20:00:00Z';
const seed = 20_260_302;
const slowestMax_ms = 50;
const suspicious_ms = 20;

const long = { rounds: 9, round_ms: 400, rules: 100_000, seeks: 20_000 };
const quickly = { rounds: 3, round_ms: 50, rules: 2000, seeks: 2000 };

export const measureRecurrence: Bench = async ({ quick, say }) => {
  const { rounds, round_ms, rules, seeks } = quick ? quickly : long;
  say(`${rounds} rounds of ${occurrences.toLocaleString('en-GB')} occurrences`);
  const turns = (make: () => number) => async () => measured(make, round_ms);
  const measures = { ours: turns(ours), rust: turns(throughRruleRust), temporal: turns(throughRruleTemporal) };
  for (const warm of Object.values(measures)) await warm();
  const found = await interleave(rounds, measures, async () => {});
  const seek = measureSeek(seeks);
  say(`${rules.toLocaleString('en-GB')} hostile rules`);
  const { slowest, worst, over } = fuzzedRules(rules);
  const us = (ms: number) => `${short(ms * 1000)} µs`;
  return {
    figures: [
      ['1,000 occurrences of MO, WE, FR in New York', us(found.ours.p50)],
      ['the same, rrule-rust', us(found.rust.p50)],
      ['the same, rrule-temporal', us(found.temporal.p50)],
      ['next of a daily rule after 20 years', us(seek.kept)],
      ['the same, its text read anew each time', us(seek.anew)],
      ['hostile rules, each asked three questions', rules.toLocaleString('en-GB')],
      ['the slowest answer, processor time', `${short(slowest)} ms: ${worst}`],
    ],
    targets: [
      below('time against rrule-rust', found.ours.p50 / found.rust.p50, 2, ' times'),
      atLeast('speed against rrule-temporal', found.temporal.p50 / found.ours.p50, 20, ' times'),
      below('next after 20 years', seek.kept * 1000, 20, ' µs'),
      below('the slowest answer', slowest, slowestMax_ms, ' ms'),
    ],
    faults: over,
  };
};

/** Calls it for a while; answers what the calls took. */
function measured(make: () => number, duration_ms: number) {
  const latencies: number[] = [];
  const end = performance.now() + duration_ms;
  for (let now = performance.now(); now < end; ) {
    const made = make();
    const after = performance.now();
    if (made !== occurrences) throw new Error(`${made} occurrences instead of ${occurrences}`);
    latencies.push(after - now);
    now = after;
  }
  return summarise(latencies, duration_ms);
}

function ours(): number {
  return occurrencesAfter(scheduleOf(weekly), null, occurrences).occurrences.length;
}

const weeklyText = `DTSTART;TZID=America/New_York:20260302T090000\nRRULE:${weekly.rrule}`;

function throughRruleRust(): number {
  return RRuleSet.parse(weeklyText).all(occurrences).length;
}

function throughRruleTemporal(): number {
  return new RRuleTemporal({ rruleString: weeklyText }).all((_, index) => index < occurrences).length;
}

/** Milliseconds for the next occurrence of the daily rule, of a schedule that is kept and of one that is read anew. */
function measureSeek(seeks: number): { kept: number; anew: number } {
  const schedule = scheduleOf(daily);
  const times = (ask: () => unknown) => {
    const latencies = Array.from({ length: seeks }, () => {
      const begin = performance.now();
      ask();
      return performance.now() - begin;
    });
    return median(latencies);
  };
  return {
    kept: times(() => occurrencesAfter(schedule, twentyYearsLater, 1)),
    anew: times(() => occurrencesAfter(scheduleOf(daily), twentyYearsLater, 1)),
  };
}

/** Asks hostile rules for their first dates, for those in 2040 and for the last one before 2060. */
function fuzzedRules(rules: number): { slowest: number; worst: string; over: string[] } {
  const over: string[] = [];
  let slowest = 0;
  let worst = '';
  for (const text of fc.sample(hostileSchedules, { numRuns: rules, seed })) {
    for (const [name, ask] of questions) {
      const took = leastTime(() => ask(scheduleOf(text)));
      if (took <= slowest) continue;
      slowest = took;
      worst = `${name} of ${text.rrule}`;
      if (took > slowestMax_ms) over.push(`${short(took)} ms: ${worst}, ${text.start}, ${text.timezone}`);
    }
  }
  return { slowest, worst, over };
}

const questions: [name: string, ask: (schedule: Schedule) => unknown][] = [
  ['the first ten', (schedule) => occurrencesAfter(schedule, null, 10)],
  ['ten after 2040', (schedule) => occurrencesAfter(schedule, '2040-01-01T00:00:00Z', 10)],
  ['the last before 2060', (schedule) => occurrenceBefore(schedule, '2060-01-01T00:00:00Z')],
];

/** Milliseconds of processor time, for the machine does other things too. What looks slow is asked again: the work is the same. */
function leastTime(ask: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 5 && least > suspicious_ms; turn += 1) {
    const begin = process.threadCpuUsage();
    ask();
    const { user, system } = process.threadCpuUsage(begin);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
