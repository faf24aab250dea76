/** Quick add on the wire: a line as a person types it. */
import { z } from 'zod';
import { Locale } from './person.ts';
import { Id, Instant, text, Zone } from './primitives.ts';
import { LocalTime, RecurrenceMode } from './recurrence.ts';

export const quickAddCharactersMax = 1000;

const line = {
  text: text(quickAddCharactersMax).refine((value) => value.trim() !== '', 'must not be empty'),
  timezone: Zone.optional(),
  /** An instant, or a local time in `timezone`; the present moment by default. */
  now: z
    .union([Instant, LocalTime], { error: 'must be an instant, or a local time such as 2026-03-01T09:00:00' })
    .optional(),
  locale: Locale.optional(),
  mode: z.enum(['todoist', 'vikunja']).optional(),
};

/** Body of `POST /tasks/parse`. Nothing is stored. */
export const QuickAddParse = z.strictObject(line).meta({ id: 'QuickAddParse' });

export type QuickAddLine = z.infer<typeof QuickAddParse>;

/** Body of `POST /tasks/quick-add`. */
export const QuickAddCreate = z
  .strictObject({ ...line, space_id: Id.optional(), list_id: Id.optional() })
  .meta({ id: 'QuickAddCreate' });

export const QuickAddReading = z
  .object({
    title: z.string(),
    due_at: z.string().nullable(),
    due_on: z.string().nullable(),
    due_local: z.string().nullable(),
    recurrence: z.object({ rrule: z.string(), mode: RecurrenceMode }).nullable(),
    priority: z.enum(['high', 'medium', 'low']).nullable(),
    tag_names: z.array(z.string()),
    list_name: z.string().nullable(),
    assignee_name: z.string().nullable(),
    reminders: z.array(z.union([z.object({ offset_minutes: z.int() }), z.object({ at: z.string() })])),
    /** UTF-16 offsets into the text, [start, end), in order and not overlapping. */
    spans: z.array(z.object({ start: z.int(), end: z.int(), kind: z.string() })),
    /** The reading in words. */
    text: z.string(),
    /** The next five dates, local. */
    next: z.array(z.string()),
    alternatives: z.array(z.object({ text: z.string(), due_local: z.string() })),
  })
  .meta({ id: 'QuickAddReading' });
