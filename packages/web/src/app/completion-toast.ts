/** "Done. Next: Tue 1 Dec 09:00": the toast of a completed task tells its next instance as soon as it is known. */
import type { Task } from '../store/entities.ts';
import type { Mutation } from '../store/replica.ts';
import { localText, momentText, type Place } from '../text/when.ts';
import { words } from '../text/words.ts';
import type { Daymark } from './daymark-context.ts';

/** What the answer says of the next instance. */
type Completion = { next?: Task | null; next_state?: 'created' | 'pending' | 'ended' };
type Parts = Pick<Daymark, 'store' | 'ui'>;

const nextText = (next: Task, place: Place): string =>
  words.toast.doneNext(next.due_at ? momentText(next.due_at, place) : localText(next.due_on ?? '', place));

const placeOf = ({ store }: Parts): Place => {
  const { me, nowMs } = store.getState();
  return { zone: me?.timezone ?? 'UTC', locale: me?.locale ?? 'en', nowMs };
};

/** The answer to a completion names the next instance, unless another process is to make it. */
export function tellNextOf(parts: Parts, mutation: Mutation, answer: unknown): void {
  const [operation] = mutation.operations;
  if (mutation.operations.length !== 1 || operation?.op !== 'task.complete') return;
  const { next, next_state } = answer as Completion;
  if (next && (next.due_at || next.due_on)) parts.ui.sayNext(operation.id, nextText(next, placeOf(parts)));
  else if (next_state === 'ended') parts.ui.sayNext(operation.id, words.toast.doneLast);
}

/** Where it is made elsewhere it arrives by sync. */
export function tellNextWhenItComes(parts: Parts): void {
  parts.store.subscribe((state, before) => {
    const waiting = parts.ui.getState().toast?.completes;
    if (!waiting?.series_id || state.replica.shown.tasks === before.replica.shown.tasks) return;
    const next = Object.values(state.replica.shown.tasks).find(
      (task) =>
        task.series_id === waiting.series_id &&
        (task.occurrence ?? 0) > (waiting.occurrence ?? 0) &&
        (task.due_at ?? task.due_on) !== null,
    );
    if (next) parts.ui.sayNext(waiting.id, nextText(next, placeOf(parts)));
  });
}
