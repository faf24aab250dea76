/**
 * Sends what the person did, in order, one request at a time. While the server cannot be reached nothing is lost: the
 * mutation stays pending and is sent again with the same idempotency key. What the server refuses is taken back and said.
 */
import { type Api, ApiProblem, type ApiRequest } from '../api/client.ts';
import { operationRequest } from '../api/operation-request.ts';
import type { IncomingChange } from './apply-changes.ts';
import type { Reminder } from './entities.ts';
import type { Operation } from './operations.ts';
import { readAnswer } from './read-answer.ts';
import { confirm, confirmEntity, confirmReminders, type Mutation, refuse } from './replica.ts';
import type { DaymarkStore } from './task-store.ts';

export type Outbox = {
  /** Looks at the pending mutations now: after an action, or when the connection is back. */
  kick(): void;
};

export type OutboxEvents = {
  onRefused: (mutation: Mutation, problem: ApiProblem) => void;
  /** A note was changed elsewhere meanwhile; the listener merges and acts again. */
  onConflict: (mutation: Mutation) => void;
  /** The server agreed, and this is what it said. */
  onAnswered?: (mutation: Mutation, answer: unknown) => void;
};

const retryFirstMs = 1000;
const retryMaxMs = 30_000;
/** A server error may pass; after so many tries the action is taken back. */
const serverErrorTriesMax = 4;

export function createOutbox(store: DaymarkStore, api: Api, events: OutboxEvents): Outbox {
  let sending = false;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const retryLater = (problem: ApiProblem): void => {
    const wait = problem.retryAfterMs ?? Math.min(retryMaxMs, retryFirstMs * 2 ** tries);
    tries += 1;
    timer = setTimeout(kick, wait);
  };

  const fail = (mutation: Mutation, problem: ApiProblem): void => {
    const unreachable = problem.status === 0;
    const passing =
      problem.status === 429 || problem.status === 503 || (problem.status >= 500 && tries < serverErrorTriesMax);
    if (unreachable || passing || problem.status === 401) {
      retryLater(problem);
      return;
    }
    tries = 0;
    store.setState((state) => ({ replica: refuse(state.replica, mutation.id) }));
    if (problem.status === 412) events.onConflict(mutation);
    else events.onRefused(mutation, problem);
    kick();
  };

  const sendNext = async (): Promise<void> => {
    const mutation = store.getState().replica.pending[0];
    if (!mutation || store.getState().session !== 'signed-in') return;
    sending = true;
    try {
      const request: ApiRequest = operationRequest(mutation.operations);
      const answer = await api<unknown>({ ...request, idempotencyKey: mutation.id });
      settle(mutation, answer);
      tries = 0;
      events.onAnswered?.(mutation, answer);
    } catch (cause) {
      sending = false;
      return fail(mutation, cause instanceof ApiProblem ? cause : new ApiProblem(500, 'unexpected', String(cause)));
    }
    sending = false;
    kick();
  };

  const settle = (mutation: Mutation, answer: unknown): void => {
    const [first] = mutation.operations as [Operation];
    if (first.op === 'reminders.set') {
      const { items } = answer as { items: Reminder[] };
      store.setState((state) => ({ replica: confirmReminders(state.replica, mutation.id, first.id, items) }));
      return;
    }
    if (!first.op.startsWith('task.') && !first.op.startsWith('series.')) {
      const change = entityChange(first, answer);
      store.setState((state) => ({ replica: confirmEntity(state.replica, mutation.id, change, spaceOf(answer)) }));
      return;
    }
    const { tasks, gone, problem } = readAnswer(mutation.operations, answer);
    if (problem) throw new ApiProblem(problem.status, problem.code, problem.detail);
    store.setState((state) => ({ replica: confirm(state.replica, mutation.id, tasks, gone) }));
  };

  const kick = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (!sending) void sendNext();
  };

  return { kick };
}

const spaceOf = (answer: unknown): string => (answer as { space_id?: string } | undefined)?.space_id ?? '';

/** The list or tag of an answer, as a change; a deleted list as its removal. */
function entityChange(operation: Operation, answer: unknown): IncomingChange | null {
  const [entity] = operation.op.split('.') as ['list' | 'tag' | 'notification'];
  if (operation.op === 'list.delete') return { version: 0, type: '', entity, id: operation.id, data: null };
  const data = answer as { id?: string; version?: number } | undefined;
  if (!data?.id) return null;
  return { version: data.version ?? 0, type: '', entity, id: data.id, data: data as Record<string, unknown> };
}
