/**
 * Signs: words with a mark of their own. They count anywhere in the text, because nobody writes them by accident.
 *
 *   todoist   `#list` `@tag` `+assignee` `p1` `p2` `p3` (`p4` is none)
 *   vikunja   `+list` `*tag` `@assignee`
 *   both      `*tag` `!1` low `!2` medium `!3` to `!5` high, `!high` `!medium` `!low`, `^1h` `^30m` `^2d` `^1w` before, `^9am` at
 *
 * A name of several words stands in quotation marks: `#"two words"`. There is one list, one assignee, one priority: what is said again
 * stays in the title.
 */
import { offsetMinutesMax } from '../contract/reminder.ts';
import { tagsPerTaskMax } from '../contract/task.ts';
import { distinctTagNames } from '../tasks/tag-name.ts';
import { type SignMode, type Span, type SpanKind, signNameCharactersMax } from './quick-add.ts';
import { minutesOfClock } from './times.ts';
import type { Word } from './tokenize.ts';

type Priority = 'high' | 'medium' | 'low';
/** Before the due time, or at a time of its day. */
export type SignReminder = { readonly offsetMinutes: number } | { readonly minuteOfDay: number };

export interface Signs {
  readonly list: string | null;
  readonly assignee: string | null;
  readonly tags: readonly string[];
  readonly priority: Priority | null;
  readonly reminders: readonly SignReminder[];
  readonly spans: readonly Span[];
  /** The words that are no signs, in order. */
  readonly rest: readonly Word[];
}

/** As many as a task may have. */
const remindersMax = 10;

const kindsOfMark: Readonly<Record<SignMode, Readonly<Record<string, SpanKind>>>> = {
  todoist: { '#': 'list', '@': 'tag', '*': 'tag', '+': 'assignee' },
  vikunja: { '+': 'list', '*': 'tag', '@': 'assignee' },
};

const priorities: Readonly<Record<string, Priority | null>> = {
  p1: 'high',
  p2: 'medium',
  p3: 'low',
  p4: null,
  '!1': 'low',
  '!2': 'medium',
  '!3': 'high',
  '!4': 'high',
  '!5': 'high',
  '!high': 'high',
  '!medium': 'medium',
  '!med': 'medium',
  '!low': 'low',
};

/** Takes the signs out of the words. */
export function readSigns(words: readonly Word[], mode: SignMode): Signs {
  const found = new Map<SpanKind, string[]>();
  const reminders: SignReminder[] = [];
  let priority: { value: Priority | null } | null = null;
  const spans: Span[] = [];
  const rest: Word[] = [];
  const take = (word: Word, kind: SpanKind): void => void spans.push({ start: word.start, end: word.end, kind });
  for (const word of words) {
    const name = nameOf(word, mode);
    const reminder = reminderOf(word);
    const level = priorityOf(word, mode);
    if (name !== null && (found.get(name.kind)?.length ?? 0) < (name.kind === 'tag' ? tagsPerTaskMax : 1)) {
      found.set(name.kind, [...(found.get(name.kind) ?? []), name.name]);
      take(word, name.kind);
    } else if (reminder !== null && reminders.length < remindersMax) {
      reminders.push(reminder);
      take(word, 'reminder');
    } else if (level !== undefined && priority === null) {
      priority = { value: level };
      take(word, 'priority');
    } else {
      rest.push(word);
    }
  }
  return {
    list: found.get('list')?.[0] ?? null,
    assignee: found.get('assignee')?.[0] ?? null,
    tags: distinctTagNames(found.get('tag') ?? []),
    priority: priority?.value ?? null,
    reminders,
    spans,
    rest,
  };
}

/** A list, tag or person. A bare number is no name: `#123` is an issue, `+1` a vote. */
function nameOf(word: Word, mode: SignMode): { kind: SpanKind; name: string } | null {
  const kind = kindsOfMark[mode][word.text[0] ?? ''];
  if (kind === undefined || word.closed || word.lead !== '') return null;
  const quoted = /^["'“„«]/.test(word.text.slice(1));
  const name = (quoted ? word.text.slice(2, -1) : word.text.slice(1)).trim();
  if (name.length > signNameCharactersMax || !/[\p{L}\p{Extended_Pictographic}]/u.test(name)) return null;
  if (quoted) return name.includes(',') ? null : { kind, name };
  if (/[,@*#"\\^=<>|]/.test(name) || !/^[\p{L}\p{N}\p{Extended_Pictographic}_]/u.test(name)) return null;
  // "@7pm" is a time.
  return minutesOfClock(name.toLowerCase()) === null ? { kind, name } : null;
}

/** `undefined` where the word says nothing of priority. */
function priorityOf(word: Word, mode: SignMode): Priority | null | undefined {
  if (word.closed || word.lead !== '' || !Object.hasOwn(priorities, word.text)) return undefined;
  if (word.text.startsWith('p') && mode === 'vikunja') return undefined;
  return priorities[word.text] ?? null;
}

const minutesPer: Readonly<Record<string, number>> = { m: 1, min: 1, h: 60, d: 24 * 60, w: 7 * 24 * 60 };

function reminderOf(word: Word): SignReminder | null {
  if (word.closed || word.lead !== '' || !word.text.startsWith('^')) return null;
  const content = word.lower.slice(1);
  // Behind this sign `1h` is an hour before, not one o'clock, as some languages write it.
  const match = /^(\d{1,3})(m|min|h|d|w)(?:(\d{1,2})m)?$/.exec(content);
  if (!match) {
    const minuteOfDay = minutesOfClock(content);
    return minuteOfDay === null ? null : { minuteOfDay };
  }
  const offsetMinutes = Number(match[1]) * (minutesPer[match[2] ?? ''] ?? 0) + Number(match[3] ?? 0);
  return offsetMinutes <= offsetMinutesMax ? { offsetMinutes } : null;
}
