/** A change of a task that repeats is meant for this one, for it and those that follow, or for all open ones: the person is asked. */
import type { EditScope, TaskChange } from '@daymark/core/contract/task.ts';
import { words } from '../text/words.ts';
import type { Daymark } from './daymark-context.ts';

type Parts = Pick<Daymark, 'store' | 'ui' | 'actions'>;

const scopes = ['this', 'following', 'all'] as const satisfies readonly EditScope[];

/** Changes tasks; asks first when it is one that repeats. */
export function changeInScope(parts: Parts, ids: readonly string[], body: TaskChange): void {
  const { tasks } = parts.store.getState().replica.shown;
  const [only] = ids.length === 1 ? ids.flatMap((id) => tasks[id] ?? []) : [];
  if (!only?.recurrence || !only.series_id) {
    parts.actions.changeTasks(ids, body);
    return;
  }
  const run = (scope: string): void => parts.actions.changeTasks(ids, body, { scope: scope as EditScope });
  const choices = scopes.map((id) => ({ id, label: words.scope[id] }));
  const { title, body: text, action } = words.scope;
  parts.ui.setState({ dialog: { kind: 'confirm', title, body: text, action, typed: null, choices, run } });
}
