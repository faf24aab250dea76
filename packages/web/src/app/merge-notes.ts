/**
 * Notes are the one field where the last writer must not win: they are sent with the version they were written on. When
 * they were changed elsewhere meanwhile, both versions are kept, one below the other, and the person is told.
 */
import type { Task } from '@daymark/core/contract/task.ts';
import { learnTasks, type Mutation } from '../store/replica.ts';
import { words } from '../text/words.ts';
import { bothNotes } from './both-notes.ts';
import type { Daymark } from './daymark-context.ts';

type Parts = Pick<Daymark, 'api' | 'store' | 'ui' | 'actions'>;

export async function mergeNotes(parts: Parts, mutation: Mutation): Promise<void> {
  for (const operation of mutation.operations) {
    if (operation.op !== 'task.update' || typeof operation.body.notes !== 'string') continue;
    const mine = operation.body.notes;
    try {
      const current = await parts.api<Task>({ method: 'GET', path: `/api/v1/tasks/${operation.id}` });
      parts.store.setState((state) => ({ replica: learnTasks(state.replica, [current]) }));
      const notes = bothNotes({ before: operation.notes_before ?? '', mine, theirs: current.notes });
      parts.actions.act(
        [
          {
            op: 'task.update',
            id: current.id,
            body: { notes },
            if_match: current.version,
            notes_before: current.notes,
          },
        ],
        {
          undoable: false,
        },
      );
      if (notes !== mine) parts.ui.say(words.toast.notesKept);
    } catch {
      parts.ui.say(words.errors.refused(words.errors.change, mine), { tone: 'problem' });
    }
  }
}
