/** The way in: one line of text becomes what is known of a task. */
import { wallToInstant } from '../recurrence/zone.ts';
import { type Chain, chainsOf } from './chains.ts';
import type { DateWords, FoundDate } from './date-words.ts';
import { type Setting, settingOf } from './match.ts';
import type { Part } from './part.ts';
import { type QuickAdd, quickAddCharactersMax, type SignMode, type Span } from './quick-add.ts';
import { dueInWords, readingInWords } from './reading.ts';
import { clockText, type LocalDue, localText, type Resolved, resolve } from './resolve.ts';
import { readSigns, type SignReminder, type Signs } from './signs.ts';
import { inOrder, spansOfChain, titleWithout } from './spans.ts';
import { sureChains } from './sureness.ts';
import { tokenize, wholeLiteral } from './tokenize.ts';

export interface QuickAddOptions {
  /** Local time in `timezone`: `YYYY-MM-DDTHH:MM`, seconds allowed. */
  readonly now: string;
  /** IANA name. */
  readonly timezone: string;
  /** BCP 47; decides which of two orders a numeric date has, and the language of the reading. */
  readonly locale?: string;
  /** Whose signs are meant. */
  readonly mode?: SignMode;
  /** From `loadDateWords(locale)`, for the dates of another language than English. */
  readonly dateWords?: DateWords | null;
}

const nothing: Resolved = { due: null, rule: null, rrule: null, next: [], others: [] };
const noSigns: Signs = { list: null, assignee: null, tags: [], priority: null, reminders: [], spans: [], rest: [] };

/**
 * Reads one line. The same text, options and program always give the same answer, and no text makes it throw. Expects a known zone
 * and a valid `now`.
 */
export function parseQuickAdd(text: string, options: QuickAddOptions): QuickAdd {
  const { timezone, locale = 'en', mode = 'todoist' } = options;
  const setting = settingOf(options.now, timezone, locale);
  const asItStands = (title: string, spans: readonly Span[]): QuickAdd =>
    answer({ title, spans, signs: noSigns, resolved: nothing, recurrenceMode: null }, setting, locale);
  if (text.length > quickAddCharactersMax) return asItStands(text.trim(), []);
  const literal = wholeLiteral(text);
  if (literal) {
    const marks: Span[] = [
      { start: literal.start - 1, end: literal.start, kind: 'literal' },
      { start: literal.end, end: literal.end + 1, kind: 'literal' },
    ];
    return asItStands(text.slice(literal.start, literal.end).trim(), marks);
  }
  const tokens = tokenize(text);
  const signs = readSigns(tokens.words, mode);
  const chains = sureChains(signs.rest, chainsOf(signs.rest, setting));
  const english = chains.flatMap((chain) => spansOfChain(chain, signs.rest, signs.spans));
  const foreign = foreignDate(
    text,
    chains,
    [...tokens.escapes, ...signs.spans, ...english],
    setting,
    options.dateWords,
  );
  const read = resolve([...chains.flat(), ...partOf(foreign)], setting);
  const dated = read === null ? [] : [...english, ...spanOf(foreign)];
  const spans = inOrder([...tokens.escapes, ...signs.spans, ...dated]);
  const title = titleWithout(text, spans);
  // A title of nothing but punctuation is none.
  if (!/[\p{L}\p{N}\p{S}]/u.test(title)) return asItStands(text.trim(), []);
  const recurrenceMode = read?.rule
    ? (chains.flat().find((part) => part.kind === 'recurrence')?.value.mode ?? null)
    : null;
  return answer({ title, spans, signs, resolved: read ?? nothing, recurrenceMode }, setting, locale);
}

/** A date in the words of another language, where English says none and nothing in the text is closed. */
function foreignDate(
  text: string,
  chains: readonly Chain[],
  spans: readonly Span[],
  setting: Setting,
  dateWords: DateWords | null | undefined,
): FoundDate | null {
  const hasDate = chains.flat().some(({ kind }) => kind === 'date' || kind === 'recurrence');
  if (!dateWords || hasDate) return null;
  const closed = tokenize(text).words.filter((word) => word.closed);
  // A letter stands for what is closed, so that nothing before or behind it is at the edge of the text.
  const masked = blanked(blanked(text, spans, ' '), closed, 'x');
  return dateWords(masked, setting);
}

function blanked(
  text: string,
  ranges: readonly { readonly start: number; readonly end: number }[],
  filler: string,
): string {
  return ranges.reduce(
    (rest, { start, end }) => rest.slice(0, start) + filler.repeat(end - start) + rest.slice(end),
    text,
  );
}

const partOf = (found: FoundDate | null): Part[] =>
  found === null ? [] : [{ kind: 'date', from: 0, to: 0, sureness: 'anywhere', value: found.value }];

const spanOf = (found: FoundDate | null): Span[] =>
  found === null ? [] : [{ start: found.start, end: found.end, kind: 'date' }];

interface Understood {
  readonly title: string;
  readonly spans: readonly Span[];
  readonly signs: Signs;
  readonly resolved: Resolved;
  readonly recurrenceMode: 'on_completion' | 'after_completion' | null;
}

function answer(
  { title, spans, signs, resolved, recurrenceMode }: Understood,
  setting: Setting,
  locale: string,
): QuickAdd {
  const { due, rrule, next } = resolved;
  const { timezone } = setting;
  const isTimed = due !== null && due.minuteOfDay !== null;
  return {
    title,
    due_at: isTimed ? instantOf(due, timezone) : null,
    due_on: due !== null && !isTimed ? due.date.toString() : null,
    due_local: due === null ? null : localText(due),
    timezone,
    recurrence: rrule !== null && recurrenceMode !== null ? { rrule, mode: recurrenceMode } : null,
    priority: signs.priority,
    tag_names: signs.tags,
    list_name: signs.list,
    assignee_name: signs.assignee,
    reminders: signs.reminders.map((reminder) => reminderOf(reminder, due, setting)),
    spans,
    text: readingInWords({ resolved, signs, mode: recurrenceMode, locale, timezone }),
    next,
    alternatives: resolved.others.map((other) => ({ text: dueInWords(other, locale), due_local: localText(other) })),
  };
}

const instantOf = ({ date, minuteOfDay }: LocalDue, timezone: string): string =>
  wallToInstant(`${date.toString()}T${clockText(minuteOfDay ?? 0)}:00`, timezone).at;

/** A reminder at a time is on the day that the task is due, otherwise at the next such time. */
function reminderOf(
  reminder: SignReminder,
  due: LocalDue | null,
  setting: Setting,
): { offset_minutes: number } | { at: string } {
  if ('offsetMinutes' in reminder) return { offset_minutes: reminder.offsetMinutes };
  const { minuteOfDay } = reminder;
  const isToCome = minuteOfDay > setting.now.hour * 60 + setting.now.minute;
  const date = due?.date ?? (isToCome ? setting.today : setting.today.add({ days: 1 }));
  return { at: instantOf({ date, minuteOfDay }, setting.timezone) };
}
