/**
 * Reads the line of quick add as the server does, by the same parser, and fits it to what this person has: a list or a person that
 * is not there is no word of ours and stays in the title. Fetched when it is first needed.
 */
import type { Recurrence } from '@daymark/core/contract/recurrence.ts';
import type { ReminderInput } from '@daymark/core/contract/reminder.ts';
import { parseQuickAdd } from '@daymark/core/quick-add/parse.ts';
import type { QuickAdd, Span } from '@daymark/core/quick-add/quick-add.ts';
import { previewRule } from '../recurrence/rule-preview.ts';
import { escapedLine, type Range } from './literal-ranges.ts';
import type { SignMode } from './sign-mode.ts';

export type LineReading = {
  title: string;
  due: { date: string; time: string | null } | null;
  recurrence: Recurrence | null;
  priority: QuickAdd['priority'];
  tags: string[];
  listId: string | null;
  assigneeId: string | null;
  reminders: ReminderInput[];
  spans: Span[];
  text: string;
  next: string[];
  alternatives: { text: string; date: string; time: string | null }[];
};

export type LineOptions = {
  /** The local time, `2026-11-21T09:24:00`. */
  now: string;
  timezone: string;
  locale: string;
  mode: SignMode;
  literals: readonly Range[];
  lists: readonly { id: string; name: string }[];
  members: readonly { id: string; name: string }[];
};

/** Reading again without a name that is not known happens at most so often: once for each kind. */
const roundsMax = 3;

export function readLine(text: string, options: LineOptions): LineReading {
  let literals = options.literals;
  for (let round = 0; ; round += 1) {
    const { read, spans } = parse(text, options, literals);
    const list = read.list_name === null ? null : named(options.lists, read.list_name);
    const assignee = read.assignee_name === null ? null : named(options.members, read.assignee_name);
    const unknown = spans.filter(
      ({ kind }) => (kind === 'list' && list === undefined) || (kind === 'assignee' && assignee === undefined),
    );
    if (unknown.length > 0 && round < roundsMax) {
      literals = [...literals, ...unknown];
      continue;
    }
    return fitted(read, spans, options, list?.id ?? null, assignee?.id ?? null);
  }
}

function parse(text: string, options: LineOptions, literals: readonly Range[]): { read: QuickAdd; spans: Span[] } {
  const escaped = escapedLine(text, literals);
  const { now, timezone, locale, mode } = options;
  const read = parseQuickAdd(escaped.text, { now, timezone, locale, mode });
  const spans = read.spans
    // The backslashes of the literals are not in the line.
    .filter((span) => span.kind !== 'escape' || escaped.back(span.end) > escaped.back(span.start))
    .map((span) => ({ kind: span.kind, start: escaped.back(span.start), end: escaped.back(span.end) }));
  return { read, spans };
}

/** The one of this name, whatever its case and blanks; undefined when there is none. */
function named<One extends { name: string }>(all: readonly One[], name: string): One | undefined {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ')
      .trim();
  const wanted = plain(name);
  return all.find((one) => plain(one.name) === wanted) ?? all.find((one) => plain(one.name).split(' ')[0] === wanted);
}

function fitted(
  read: QuickAdd,
  spans: Span[],
  options: LineOptions,
  listId: string | null,
  assigneeId: string | null,
): LineReading {
  const { timezone, locale } = options;
  const start = read.due_local === null ? options.now.slice(0, 10) : withSeconds(read.due_local);
  const preview = read.recurrence ? previewRule(read.recurrence, start, timezone, locale) : null;
  return {
    title: read.title,
    due: read.due_local === null ? null : dayAndTime(read.due_local),
    recurrence: preview?.ok ? preview.shown : null,
    priority: read.priority,
    tags: [...read.tag_names],
    listId,
    assigneeId,
    reminders: [...read.reminders],
    spans,
    text: read.text,
    next: [...read.next],
    alternatives: read.alternatives.map((one) => ({ text: one.text, ...dayAndTime(one.due_local) })),
  };
}

const withSeconds = (local: string): string => (local.length === 16 ? `${local}:00` : local);

const dayAndTime = (local: string): { date: string; time: string | null } => ({
  date: local.slice(0, 10),
  time: local.length > 10 ? local.slice(11, 16) : null,
});
