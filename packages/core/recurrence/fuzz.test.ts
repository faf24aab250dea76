import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clockChangeSchedules,
  type Freq,
  frequencies,
  hostileSchedules,
  plainSchedules,
  type ScheduleText,
} from '../test/random-schedules.ts';
import { differenceFromNaive, disagreement, naiveDays, scheduleOf } from '../test/recurrence-checks.ts';
import { formatRule } from './format-rule.ts';
import { parseRule } from './parse-rule.ts';

const minute_ms = 60_000;
const numRuns: Readonly<Record<Freq, number>> = {
  YEARLY: 250,
  MONTHLY: 300,
  WEEKLY: 300,
  DAILY: 300,
  HOURLY: 150,
  MINUTELY: 50,
  SECONDLY: 4,
};

const holds = (arbitrary: fc.Arbitrary<ScheduleText>, runs: number, check: (text: ScheduleText) => string | null) =>
  fc.assert(
    fc.property(arbitrary, (text) => {
      expect(check(text)).toBe(null);
    }),
    { numRuns: runs },
  );

describe('the engine, against one that tries every day', () => {
  it.each(frequencies)('finds the same for random rules of %s', { timeout: minute_ms }, (freq) => {
    holds(plainSchedules(freq), numRuns[freq], (text) => differenceFromNaive(scheduleOf(text), naiveDays[freq]));
  });

  it('finds the same where clocks change, in order and each instant once', { timeout: minute_ms }, () => {
    holds(clockChangeSchedules, 120, (text) => differenceFromNaive(scheduleOf(text), 400));
  });

  it('finds the same with exceptions, additions and an end', { timeout: minute_ms }, () => {
    const day = fc.nat(40);
    fc.assert(
      fc.property(clockChangeSchedules, fc.array(day), fc.array(day), day, (text, out, added, last) => {
        const at = (days: number, time: string) =>
          new Date(Date.parse(`${text.start}Z`) + days * 86_400_000).toISOString().slice(0, 11) + time;
        const exceptions = {
          exdates: out.map((days) => at(days, '02:30:00')),
          rdates: added.map((days) => at(days, '02:15:00')),
        };
        const schedule = scheduleOf({
          ...text,
          rrule: `${text.rrule};UNTIL=${at(last, '023000').replaceAll('-', '')}Z`,
        });
        expect(differenceFromNaive({ ...schedule, ...exceptions }, 60)).toBe(null);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the engine, with hostile rules', () => {
  it('tells one story after, between and before', { timeout: minute_ms }, () => {
    holds(hostileSchedules, 1500, (text) => disagreement(scheduleOf(text), 30));
    holds(clockChangeSchedules, 200, (text) => disagreement(scheduleOf(text), 300));
  });

  it('writes each rule as a text that reads as the same rule', () => {
    holds(hostileSchedules, 1000, (text) => {
      const { rule } = scheduleOf(text);
      const again = parseRule(formatRule(rule));
      return again.ok && formatRule(again.rule) === formatRule(rule) ? null : formatRule(rule);
    });
  });
});
