/** The way in: one line of text becomes what is known of a task. */
import { wallToInstant } from '../recurrence/zone.ts';
import { chainsOf } from './chains.ts';
import { numericOrder, type Setting } from './match.ts';
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
  const read = resolve(chains.flat(), setting);
  const dated = read === null ? [] : chains.flatMap((chain) => spansOfChain(chain, signs.rest, signs.spans));
  const spans = inOrder([...tokens.escapes, ...signs.spans, ...dated]);
  const title = titleWithout(text, spans);
  // A title of nothing but punctuation is none.
  if (!/[\p{L}\p{N}\p{S}]/u.test(title)) return asItStands(text.trim(), []);
  const recurrenceMode = read?.rule
    ? (chains.flat().find((part) => part.kind === 'recurrence')?.value.mode ?? null)
    : null;
  return answer({ title, spans, signs, resolved: read ?? nothing, recurrenceMode }, setting, locale);
}

/** The moment and habits with which text is read. */
export function settingOf(now: string, timezone: string, locale: string): Setting {
  const moment = Temporal.PlainDateTime.from(now);
  return { now: moment, today: moment.toPlainDate(), timezone, ...numericOrder(locale) };
}

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
