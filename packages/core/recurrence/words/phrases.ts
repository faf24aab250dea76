/** What a language needs to word a rule. Lists, names and dates come to it ready. */
import type { Frequency } from '../rule.ts';

export interface Phrases {
  /** Puts together what is said one after another; none of the parts is empty. */
  readonly joined: (parts: readonly string[]) => string;
  /** Between the rule and its end. */
  readonly comma: string;
  /** "every day", "every 2 weeks" */
  readonly every: (freq: Frequency, interval: number) => string;
  /** Every week on Monday to Friday. */
  readonly everyWorkday: string;
  /** "on weekdays": Monday to Friday, in a rule of another kind. */
  readonly onWorkdays: string;
  /** "on Mon and Fri", "on 1 Mar" */
  readonly on: (list: string) => string;
  /** "in Jan and Jul" */
  readonly inMonths: (list: string) => string;
  /** "the 1st", "the last day", "the 2nd last day" */
  readonly dayOfMonth: (day: number) => string;
  /** "the 100th day of the year" */
  readonly dayOfYear: (day: number) => string;
  /** "the last Fri" */
  readonly nthWeekday: (nth: number, weekday: string) => string;
  /** "every Tue", beside counted ones */
  readonly everyWeekday: (weekday: string) => string;
  /** "of the year", after counted weekdays */
  readonly ofYear: string;
  /** "if it is a Fri": weekdays that limit other days. */
  readonly ifWeekday: (list: string) => string;
  /** "week 20" */
  readonly week: (number: number) => string;
  /** "in": before weeks */
  readonly inWeeks: (list: string) => string;
  /** "the 1st": a position in what a period has */
  readonly position: (nth: number) => string;
  /** "(only the last of these)" */
  readonly chosen: (list: string) => string;
  /** "the last workday", said in full where a position chooses one of Monday to Friday. */
  readonly nthWorkday: (nth: number) => string;
  /** The 31st, and the last day of a shorter month. */
  readonly clamped: (day: string) => string;
  /** "at 09:00" */
  readonly at: (list: string) => string;
  /** "during 09:00–12:00": hours that limit a rule within the day */
  readonly inHours: (list: string) => string;
  readonly atMinutes: (list: string) => string;
  readonly atSeconds: (list: string) => string;
  /** "until 3 Mar 2027" */
  readonly until: (date: string) => string;
  /** "10 times" */
  readonly times: (count: number) => string;
  /** The whole, counted from the completion. */
  readonly afterDone: (words: string) => string;
}
