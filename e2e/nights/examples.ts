/**
 * The nights, read from the examples with known answers in `packages/core/test/fixtures`: nothing here is computed by the code that
 * is tested. Of an example with a clock change three dates are lived through: the eve, the night itself, and the date after it.
 */
import { readFileSync } from 'node:fs';

/** A date of a series: the instant, and the wall time that the rule means. */
export interface NightDate {
  readonly at: string;
  readonly nominal: string;
}

export interface Night {
  readonly id: string;
  readonly timezone: string;
  readonly rrule: string;
  readonly eve: NightDate;
  readonly night: NightDate;
  /** Null where the rule ends with the night. */
  readonly after: NightDate | null;
}

interface DatesLine {
  readonly id: string;
  readonly tzid: string;
  readonly rrule: string;
  readonly expect: readonly { utc: string; local: string; nominal?: string; edge?: string }[];
}

/** The night of an example of `recurrence-examples` in which a date falls into a gap or a fold. */
export function nightOf(id: string): Night {
  const { tzid: timezone, rrule, expect } = lineOf<DatesLine>('recurrence-examples', id);
  const index = expect.findIndex(({ edge }) => edge !== undefined);
  const [eve, night, after] = expect.slice(index - 1, index + 2);
  if (index < 1 || !eve || !night) throw new Error(`${id} has no night with an eve`);
  return { id, timezone, rrule, eve: dateOf(eve), night: dateOf(night), after: after ? dateOf(after) : null };
}

const dateOf = ({ utc, local, nominal = local }: DatesLine['expect'][number]): NightDate => ({ at: utc, nominal });

/** What follows a completion. */
export interface Sequel {
  readonly id: string;
  readonly timezone: string;
  readonly rrule: string;
  readonly dueLocal: string;
  readonly completedAt: string;
  readonly next: NightDate;
}

interface CompletionLine {
  readonly id: string;
  readonly due_local: string;
  readonly tzid: string;
  /** Days: `P3D`. */
  readonly every: string;
  readonly completed_at: string;
  readonly expect_utc: string;
  readonly expect_local: string;
  readonly nominal?: string;
}

/** An example of `completion-examples` that counts days from the completion. */
export function sequelOf(id: string): Sequel {
  const line = lineOf<CompletionLine>('completion-examples', id);
  const [, days] = /^P(\d+)D$/.exec(line.every) ?? [];
  if (days === undefined) throw new Error(`${id} does not count days`);
  return {
    id,
    timezone: line.tzid,
    rrule: `FREQ=DAILY;INTERVAL=${days}`,
    dueLocal: line.due_local,
    completedAt: line.completed_at,
    next: { at: line.expect_utc, nominal: line.nominal ?? line.expect_local },
  };
}

function lineOf<Line extends { id: string }>(name: string, id: string): Line {
  const text = readFileSync(new URL(`../../packages/core/test/fixtures/${name}.jsonl`, import.meta.url), 'utf8');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const parsed = JSON.parse(line) as Line;
    if (parsed.id === id) return parsed;
  }
  throw new Error(`${name} has no ${id}`);
}
