/**
 * Recurrence on the wire. A rule is RFC 5545 RRULE text; the simple form says the usual ones in fields. Local times have no zone
 * (`2026-03-01T09:00:00`, or `2026-03-01` for all-day tasks): the zone stands beside them.
 */
import { z } from 'zod';
import { Id, Instant, LocalDate, Version, Zone } from './primitives.ts';

export const rruleCharactersMax = 2000;
export const previewCountMax = 500;
/** Dates that are left out of a series or added to it. */
export const exceptionsMax = 1000;

/**
 * on_completion     completing an instance makes the next scheduled one after it
 * on_schedule       each instance appears at its time, done or not
 * after_completion  the interval counts from the moment of completion
 */
export const RecurrenceMode = z.enum(['on_completion', 'on_schedule', 'after_completion']);
/** What `on_schedule` does with the instances whose time passed while nobody could make them. */
export const MissedPolicy = z.enum(['all', 'latest', 'none']);
export const MonthEnd = z.enum(['clamp', 'skip']);
export const Weekday = z.enum(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']);

const localTimePattern = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;

/** A wall time without a zone, or a date for all-day rules. Seconds may be left out on the way in. */
export const LocalTime = z
  .union(
    [
      LocalDate,
      z
        .string()
        .regex(localTimePattern)
        .refine((value) => LocalDate.safeParse(value.slice(0, 10)).success)
        .transform((value) => (value.length === 16 ? `${value}:00` : value)),
    ],
    { error: 'must be a local time such as 2026-03-01T09:00:00, or a date such as 2026-03-01, from the calendar' },
  )
  .meta({ examples: ['2026-03-01T09:00:00', '2026-03-01'] });

const rrule = z.string().min(1).max(rruleCharactersMax);

const simpleFields = {
  pattern_type: z.enum(['daily', 'weekly', 'monthly', 'yearly']),
  interval: z.int().min(1).max(1000).optional(),
  days_of_week: z.array(Weekday).min(1).max(7).nullable().optional(),
  day_of_month: z.int().min(1).max(31).nullable().optional(),
  month_end: MonthEnd.nullable().optional(),
  ends: z.enum(['never', 'after_occurrences', 'by_date']).optional(),
  after_occurrences: z.int().min(1).max(100_000).nullable().optional(),
  by_date: LocalDate.nullable().optional(),
};

const how = {
  mode: RecurrenceMode.optional(),
  missed: MissedPolicy.optional(),
  floating: z.boolean().optional(),
};

/** What a task may be given as `recurrence`: RRULE text, or the simple form. */
export const RecurrenceInput = z
  .union([z.strictObject({ rrule, ...how }), z.strictObject({ ...simpleFields, ...how })])
  .meta({ id: 'AskedRecurrence' });

/** The recurrence of a task: the rule, the same in the simple form (`custom` where that cannot say it), and in words. */
export const Recurrence = z
  .object({
    rrule: z.string(),
    mode: RecurrenceMode,
    missed: MissedPolicy,
    floating: z.boolean(),
    pattern_type: z.enum(['daily', 'weekly', 'monthly', 'yearly', 'custom']),
    interval: z.int(),
    days_of_week: z.array(Weekday).nullable(),
    day_of_month: z.int().nullable(),
    month_end: MonthEnd.nullable(),
    ends: z.enum(['never', 'after_occurrences', 'by_date']),
    after_occurrences: z.int().nullable(),
    by_date: z.string().nullable(),
    text: z.string(),
  })
  .meta({ id: 'Recurrence' });

/** One date of a rule: an instant with its wall time (`nominal` where the clock skips the rule's own), or a day. */
export const RuleDate = z.union([
  z.object({ at: z.string(), local: z.string(), nominal: z.string().optional() }),
  z.object({ date: z.string() }),
]);

const ruleOrSimple = { rrule: rrule.optional(), ...simpleFields, pattern_type: simpleFields.pattern_type.optional() };
const hasOneRule = (body: { rrule?: unknown; pattern_type?: unknown }): boolean =>
  (body.rrule === undefined) !== (body.pattern_type === undefined);
const oneRule = { error: 'give rrule or the simple form with pattern_type, one of them', path: ['rrule'] };

const Moment = z.union([Instant, LocalDate], {
  error: 'must be an instant such as 2026-03-01T08:00:00Z, or a date such as 2026-03-01',
});

/** Body of `POST /recurrence/preview`. Nothing is stored. */
export const RecurrencePreview = z
  .strictObject({
    ...ruleOrSimple,
    mode: RecurrenceMode.optional(),
    missed: MissedPolicy.optional(),
    floating: z.boolean().optional(),
    dtstart: LocalTime,
    timezone: Zone,
    exdates: z.array(LocalTime).max(exceptionsMax).optional(),
    rdates: z.array(LocalTime).max(exceptionsMax).optional(),
    count: z.int().min(1).max(previewCountMax).optional(),
    /** Exclusive. */
    after: Moment.optional(),
    /** Inclusive. */
    from: Moment.optional(),
    /** Exclusive. */
    to: Moment.optional(),
    /** Exclusive: the latest date before it is answered. */
    before: Moment.optional(),
  })
  .refine(hasOneRule, oneRule)
  .refine((body) => (body.from === undefined) === (body.to === undefined), {
    error: 'from and to belong together',
    path: ['to'],
  })
  .refine((body) => [body.after, body.from, body.before].filter((value) => value !== undefined).length <= 1, {
    error: 'give one of after, from with to, or before',
    path: ['after'],
  })
  .meta({ id: 'RecurrencePreview' });

export const RecurrencePreviewAnswer = z.object({
  occurrences: z.array(RuleDate),
  /** Whether nothing follows (or, for `before` and `from`/`to`, whether all of them are here). */
  exhausted: z.boolean(),
  text: z.string(),
});

/** Body of `POST /recurrence/next`. `dtstart` is the local due time of the instance that would be completed. */
export const RecurrenceNext = z
  .strictObject({
    ...ruleOrSimple,
    mode: RecurrenceMode,
    missed: MissedPolicy.optional(),
    floating: z.boolean().optional(),
    dtstart: LocalTime,
    timezone: Zone,
    completed_at: Instant,
  })
  .refine(hasOneRule, oneRule)
  .meta({ id: 'RecurrenceNext' });

export const RecurrenceNextAnswer = z.object({ next: RuleDate.nullable() });

/** A series: the rule that a task's instances come from. */
export const Series = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    recurrence: Recurrence,
    timezone: z.string(),
    /** Where the rule begins: a local time, or a date. */
    starts: z.string(),
    exdates: z.array(z.string()),
    rdates: z.array(z.string()),
    /** `ended`: the rule has no further date. `stopped`: by a person. */
    state: z.enum(['live', 'ended', 'stopped']),
    last_occurrence: z.int(),
    created_by: Id,
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Series' });

/** One line of a series' history. */
export const SeriesInstance = z
  .object({
    id: Id,
    series_id: Id,
    /** Null for what was missed: it never was a task. */
    occurrence: z.int().nullable(),
    nominal: z.string(),
    task_id: Id.nullable(),
    state: z.enum(['open', 'completed', 'skipped', 'cancelled', 'missed', 'withdrawn']),
    closed_at: z.string().nullable(),
  })
  .meta({ id: 'SeriesInstance' });

/** Answer of `GET /series/{id}`. */
export const SeriesHistory = z
  .object({
    series: Series,
    /** Newest first. */
    items: z.array(SeriesInstance),
    next_cursor: z.string().nullable(),
    counts: z.object({ completed: z.int(), skipped: z.int(), missed: z.int() }),
    /** How many instances in a row were completed: up to now, and at best. */
    streak: z.object({ current: z.int(), longest: z.int() }),
  })
  .meta({ id: 'SeriesHistory' });

export type Recurrence = z.infer<typeof Recurrence>;
export type RecurrenceInput = z.infer<typeof RecurrenceInput>;
export type RecurrenceMode = z.infer<typeof RecurrenceMode>;
export type MissedPolicy = z.infer<typeof MissedPolicy>;
export type RecurrencePreview = z.infer<typeof RecurrencePreview>;
export type RecurrenceNext = z.infer<typeof RecurrenceNext>;
export type RuleDate = z.infer<typeof RuleDate>;
export type Series = z.infer<typeof Series>;
export type SeriesInstance = z.infer<typeof SeriesInstance>;
export type SeriesHistory = z.infer<typeof SeriesHistory>;
