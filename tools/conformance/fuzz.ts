/** Random rules, as many as one likes. The seed is printed, so that a fault can be found again. */
import fc from 'fast-check';
import {
  frequencies,
  hostileSchedules,
  plainSchedules,
  type ScheduleText,
} from '../../packages/core/test/random-schedules.ts';
import {
  differenceFromNaive,
  disagreement,
  naiveDays,
  scheduleOf,
} from '../../packages/core/test/recurrence-checks.ts';

/** The naive engine tries every second: of such rules a few. */
const shareOf = {
  YEARLY: 0.2,
  MONTHLY: 0.25,
  WEEKLY: 0.25,
  DAILY: 0.19,
  HOURLY: 0.1,
  MINUTELY: 0.009,
  SECONDLY: 0.001,
};
const hostileCount = 30;

/** What is wrong in `runs` plain rules and as many hostile ones. */
export function fuzz(runs: number): string[] {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`fuzz: ${runs} plain and ${runs} hostile rules, seed ${seed}`);
  const faults: string[] = [];
  const look = (texts: readonly ScheduleText[], check: (text: ScheduleText) => string | null) => {
    for (const text of texts) {
      const fault = check(text);
      if (fault !== null) faults.push(`${JSON.stringify(text)}: ${fault}`);
    }
  };
  for (const freq of frequencies) {
    const numRuns = Math.ceil(runs * shareOf[freq]);
    look(fc.sample(plainSchedules(freq), { numRuns, seed }), (text) =>
      differenceFromNaive(scheduleOf(text), naiveDays[freq]),
    );
  }
  look(fc.sample(hostileSchedules, { numRuns: runs, seed }), (text) => disagreement(scheduleOf(text), hostileCount));
  console.log(`fuzz: ${faults.length} faults\n`);
  return faults;
}
