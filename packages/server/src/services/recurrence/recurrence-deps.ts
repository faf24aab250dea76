/** What the parts of the recurrence module need, and in whose name they act. */
import { randomUUIDv7 } from 'node:crypto';
import type { Commands } from '../../commands/command.ts';
import { type ProgramIntent, programIntent } from '../../commands/program-intent.ts';
import type { FailPoints } from '../../kit/fail-point.ts';
import type { Log } from '../../kit/log.ts';
import type { TaskCheck } from '../../store/task-checks.ts';

export interface RecurrenceDeps {
  /** Commands on the worker login. */
  readonly worker: Commands;
  readonly log: Log;
  readonly failPoints: FailPoints;
}

/** It acts because of an event, or because time passed. */
export const intentOf = (cause: Pick<TaskCheck, 'event_id' | 'correlation_id' | 'traceparent'> | null): ProgramIntent =>
  programIntent({
    correlationId: cause?.correlation_id ?? randomUUIDv7(),
    causationId: cause?.event_id ?? null,
    traceparent: cause?.traceparent ?? null,
  });
