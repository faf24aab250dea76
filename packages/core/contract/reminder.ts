/** Reminders on the wire. A reminder belongs to the person who set it, and nobody else sees it. */
import { z } from 'zod';
import { Id, Instant, Version } from './primitives.ts';

export const remindersPerTaskMax = 20;
/** Four weeks. */
export const offsetMinutesMax = 40_320;

/** What a person asks for: minutes before the due time, or a moment. */
export const ReminderInput = z
  .union([z.strictObject({ offset_minutes: z.int().min(0).max(offsetMinutesMax) }), z.strictObject({ at: Instant })])
  .meta({ id: 'AskedReminder' });

/**
 * waiting     the task has no due time to count from
 * planned     it will remind at `remind_at`
 * due         it has reminded
 * cancelled   the task was closed or deleted first
 * suppressed  it will not remind; `reason` says why
 */
export const ReminderState = z.enum(['waiting', 'planned', 'due', 'cancelled', 'suppressed', 'removed']);

export const Reminder = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    task_id: Id,
    kind: z.enum(['offset', 'at', 'snooze']),
    origin: z.enum(['own', 'default', 'inherited']),
    offset_minutes: z.int().nullable(),
    at: z.string().nullable(),
    remind_at: z.string().nullable(),
    state: ReminderState,
    reason: z.string().nullable(),
    /** When it reminded. */
    fired_at: z.string().nullable(),
    late: z.boolean(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Reminder' });

/** Body of `PUT /tasks/{id}/reminders`: all of the caller's reminders on the task. */
export const RemindersChange = z.strictObject({ reminders: z.array(ReminderInput).max(remindersPerTaskMax) });

export type ReminderInput = z.infer<typeof ReminderInput>;
export type ReminderState = z.infer<typeof ReminderState>;
export type Reminder = z.infer<typeof Reminder>;
export type RemindersChange = z.infer<typeof RemindersChange>;
