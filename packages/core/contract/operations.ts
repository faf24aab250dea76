/** What administrators see of the running installation: consumers of the log and their dead letters. Never text of a task. */
import { z } from 'zod';
import { PageQuery, page } from './paging.ts';
import { Id } from './primitives.ts';

export const Queue = z
  .object({
    consumer: z.string(),
    /** Events that the consumer has not come to; counting stops at 100,000. */
    lag_events: z.int(),
    /** Age of the oldest of them. */
    lag_seconds: z.number(),
    /** When the consumer last moved on. */
    updated_at: z.string(),
    /** Dead letters that were not replayed. */
    dead_letters: z.int(),
    /** The event that it failed at and will try again. */
    failing: z.object({ event_id: Id, attempts: z.int(), error: z.string() }).nullable(),
  })
  .meta({ id: 'Queue' });

export const QueuePage = page(Queue).extend({
  /** For how long an open transaction has been holding back all readers of the log. */
  horizon_age_seconds: z.number(),
});

export const DeadLetterQuery = PageQuery.pick({ limit: true, cursor: true }).extend({
  consumer: z.string().max(100).optional(),
  /** `true` shows those that were replayed, too. */
  replayed: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true'),
});

export const DeadLetter = z
  .object({
    id: Id,
    consumer: z.string(),
    event_id: Id,
    space_id: Id,
    version: z.int(),
    event_type: z.string(),
    /** The topic of the event; null where only a newer program knows it. */
    topic: z.string().nullable(),
    error: z.string(),
    attempts: z.int(),
    first_failed_at: z.string(),
    died_at: z.string(),
    replay_requested_at: z.string().nullable(),
    replays_failed: z.int(),
    replayed_at: z.string().nullable(),
    /** When other systems were told of it; null where that has not happened, or events are not carried anywhere. */
    published_at: z.string().nullable(),
  })
  .meta({ id: 'DeadLetter' });

export type Queue = z.infer<typeof Queue>;
export type DeadLetter = z.infer<typeof DeadLetter>;

const Count = z.int();

/** Answer of `GET /admin/reconcile`. */
export const ReconcileReport = z
  .object({
    line: z.string(),
    whole: z.boolean(),
    counts: z.record(z.string(), Count),
    totals: z.object({ lost: Count, duplicate: Count, orphan: Count, differs: Count }),
    findings: z.array(
      z.object({
        kind: z.enum(['lost', 'duplicate', 'orphan', 'differs']),
        what: z.string(),
        space_id: Id,
        id: Id,
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'ReconcileReport' });
