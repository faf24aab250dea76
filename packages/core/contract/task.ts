/** Tasks on the wire. */
import { z } from 'zod';
import { ClientMadeId, Id, Instant, LocalDate, label, Position, text, Version, Zone } from './primitives.ts';
import { Recurrence, RecurrenceInput } from './recurrence.ts';
import { offsetMinutesMax, Reminder, ReminderInput, remindersPerTaskMax } from './reminder.ts';

export const titleCharactersMax = 500;
export const notesCharactersMax = 50_000;
export const tagsPerTaskMax = 50;
export const tagNameCharactersMax = 60;
export const bulkOperationsMax = 500;
/** A task, its sub-task, …: how deep the tree may be. */
export const taskDepthMax = 5;

export const TaskStatus = z.enum(['todo', 'in_progress', 'completed', 'cancelled']);
export const Priority = z.enum(['high', 'medium', 'low']);

/** A tag's name: no comma, because lists of names are separated by it. */
export const TagName = label(tagNameCharactersMax).refine((name) => !name.includes(','), 'must not contain a comma');

export const Task = z
  .object({
    id: Id,
    space_id: Id,
    version: Version,
    title: z.string(),
    notes: z.string(),
    status: TaskStatus,
    priority: Priority.nullable(),
    due_at: z.string().nullable(),
    due_on: z.string().nullable(),
    /** The wall time of `due_at` in `timezone`, as the person or the rule meant it: it is the truth, the instant follows. */
    due_local: z.string().nullable(),
    timezone: z.string(),
    /** Due at its wall time wherever the person is. */
    floating: z.boolean(),
    start_at: z.string().nullable(),
    list_id: Id,
    parent_id: Id.nullable(),
    position: z.string(),
    tag_ids: z.array(Id),
    tag_names: z.array(z.string()),
    assignee_id: Id.nullable(),
    /** The series of a task that repeats, and which of its instances this is. */
    series_id: Id.nullable(),
    occurrence: z.int().nullable(),
    recurrence: Recurrence.nullable(),
    created_by: Id,
    created_at: z.string(),
    updated_at: z.string(),
    completed_at: z.string().nullable(),
    deleted_at: z.string().nullable(),
  })
  .meta({ id: 'Task' });

/** A task as it is answered to a person: with that person's own reminders, which nobody else sees. */
export const PersonalTask = Task.extend({ reminders: z.array(Reminder) }).meta({ id: 'PersonalTask' });

const fields = {
  title: label(titleCharactersMax),
  notes: text(notesCharactersMax),
  priority: Priority.nullable(),
  due_at: Instant.nullable(),
  due_on: LocalDate.nullable(),
  timezone: Zone,
  start_at: Instant.nullable(),
  list_id: Id,
  parent_id: Id.nullable(),
  position: Position,
  tag_names: z.array(TagName).max(tagsPerTaskMax),
  assignee_id: Id.nullable(),
  floating: z.boolean(),
  recurrence: RecurrenceInput.nullable(),
  /** The caller's own reminders. */
  reminders: z.array(ReminderInput).max(remindersPerTaskMax),
  /** Short for one reminder. */
  reminder_offset_minutes: z.int().min(0).max(offsetMinutesMax),
};

const oneDue = (task: { due_at?: string | null | undefined; due_on?: string | null | undefined }): boolean =>
  !(task.due_at && task.due_on);
const oneDueMessage = { error: 'give due_at or due_on, not both', path: ['due_on'] };

/** Body of `POST /tasks`. Without `space_id` the task goes to the personal space, without `list_id` to the Inbox. */
export const TaskCreate = z
  .strictObject({ id: ClientMadeId, space_id: Id, status: TaskStatus, ...fields })
  .partial()
  .required({ title: true })
  .refine(oneDue, oneDueMessage)
  .meta({ id: 'TaskCreate' });

/** Body of `PATCH /tasks/{id}`: only what is named changes. A due date of one kind replaces the other kind. */
export const TaskChange = z
  .strictObject({ status: TaskStatus, ...fields })
  .partial()
  .refine(oneDue, oneDueMessage)
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change')
  .meta({ id: 'TaskChange' });

/** Body of `POST /tasks/{id}/complete`. */
export const TaskComplete = z.strictObject({ completed_at: Instant.optional() }).default({});

/**
 * Answer of `POST /tasks/{id}/complete` and `/skip`. `next` is the next instance of a recurring task and `next_state` what is to be
 * expected of it: `created` it is there, `pending` it arrives by sync, `ended` there is none.
 */
export const TaskCompletion = z
  .object({ task: Task, next: Task.nullable(), next_state: z.enum(['created', 'pending', 'ended']) })
  .meta({ id: 'TaskCompletion' });

/** The same as it is answered to a person. */
export const PersonalCompletion = TaskCompletion.extend({ task: PersonalTask, next: PersonalTask.nullable() }).meta({
  id: 'PersonalCompletion',
});

/** Which instances a change of a recurring task is for: this one, it and those that come, or all open ones. */
export const EditScope = z.enum(['this', 'following', 'all']);

/** One operation of `POST /tasks/bulk`. */
export const BulkOperation = z
  .strictObject({
    op: z.enum(['create', 'update', 'complete', 'reopen', 'cancel', 'trash', 'restore', 'delete']),
    id: Id.optional(),
    body: z.record(z.string(), z.unknown()).optional(),
    if_match: Version.optional(),
    idempotency_key: z.string().min(1).max(200).optional(),
  })
  .meta({ id: 'BulkOperation' });

export const Bulk = z
  .strictObject({ atomic: z.boolean().default(true), operations: z.array(BulkOperation).min(1).max(bulkOperationsMax) })
  .meta({ id: 'Bulk' });

export const BulkAnswer = z.object({
  results: z.array(z.object({ status: z.int(), body: z.unknown() })),
});

export type Task = z.infer<typeof Task>;
export type PersonalTask = z.infer<typeof PersonalTask>;
export type EditScope = z.infer<typeof EditScope>;
export type TaskCreate = z.infer<typeof TaskCreate>;
export type TaskChange = z.infer<typeof TaskChange>;
export type TaskCompletion = z.infer<typeof TaskCompletion>;
export type PersonalCompletion = z.infer<typeof PersonalCompletion>;
export type TaskStatus = z.infer<typeof TaskStatus>;
export type Priority = z.infer<typeof Priority>;
export type Bulk = z.infer<typeof Bulk>;
export type BulkOperation = z.infer<typeof BulkOperation>;
