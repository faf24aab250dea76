/**
 * Quick add: one line of text becomes a task. This file holds the words of the concept; `parse.ts` is the way in.
 *
 *   word     a piece of the text between blanks, without the punctuation around it
 *   sign     a word with a mark of its own: `#list`, `@tag`, `+assignee`, `p1`, `!high`, `^1h`
 *   part     neighbouring words that say one thing about time: a date, a time of day, a rule, a bound of a rule
 *   chain    neighbouring parts: `every monday` `9am` `until june 1`
 *   span     where something that was understood stood in the text, as [start, end) in UTF-16 units
 *
 * The parser never eats a word it is not sure of, and never all of them: where no title would be left, nothing is consumed.
 */
import { tagNameCharactersMax, titleCharactersMax } from '../contract/task.ts';

/** Longer text is a title as it stands; the edge refuses it. Room for a title and the words about it. */
export const quickAddCharactersMax = 2 * titleCharactersMax;
/** Longer names behind a sign are no names. */
export const signNameCharactersMax = tagNameCharactersMax;
/** How many coming dates of a rule are told. */
export const nextDatesMax = 5;

/** How a rule goes on; see `core/recurrence/successor.ts`. */
export type QuickAddRecurrenceMode = 'on_completion' | 'after_completion';
export type SignMode = 'todoist' | 'vikunja';

export type SpanKind =
  | 'date'
  | 'time'
  | 'recurrence'
  | 'priority'
  | 'tag'
  | 'list'
  | 'assignee'
  | 'reminder'
  /** The quotation marks around a text that is a title as it stands. */
  | 'literal'
  /** The backslash that keeps the next word. */
  | 'escape';

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: SpanKind;
}

export interface Alternative {
  /** What the words could also mean, in words: `27 Mar 2026`. */
  readonly text: string;
  /** `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM`. */
  readonly due_local: string;
}

/** What one line means. Names are those of the wire. */
export interface QuickAdd {
  readonly title: string;
  /** RFC 3339, UTC. */
  readonly due_at: string | null;
  /** `YYYY-MM-DD`, of a task without a time of day. */
  readonly due_on: string | null;
  /** `YYYY-MM-DD` or `YYYY-MM-DDTHH:MM` as the clock on the wall shows it in `timezone`. */
  readonly due_local: string | null;
  readonly timezone: string;
  readonly recurrence: { readonly rrule: string; readonly mode: QuickAddRecurrenceMode } | null;
  readonly priority: 'high' | 'medium' | 'low' | null;
  readonly tag_names: readonly string[];
  readonly list_name: string | null;
  readonly assignee_name: string | null;
  readonly reminders: readonly ({ readonly offset_minutes: number } | { readonly at: string })[];
  /** In order, never overlapping. */
  readonly spans: readonly Span[];
  /** The reading in words; empty where nothing was understood. */
  readonly text: string;
  /** The coming dates of a rule, local, the first one included; empty without a rule. */
  readonly next: readonly string[];
  readonly alternatives: readonly Alternative[];
}
