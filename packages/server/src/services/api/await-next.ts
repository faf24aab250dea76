/**
 * The next instance of a series is made by another part of the program, usually within some milliseconds. Whoever completes an
 * instance is given it when it comes that soon; else it arrives by sync.
 */
import type { PersonalCompletion, Task } from '@daymark/core/contract/task.ts';
import type { Commands } from '../../commands/command.ts';
import { createBell } from '../../kit/bell.ts';
import { withReminders } from '../../store/personal-tasks.ts';
import { findSuccession } from '../../store/tasks.ts';

const wait_ms = 2_000;
/** The net under the wake-ups. */
const look_ms = 100;

/** Answers the completion with the next instance, as far as it is there within two seconds. */
export async function awaitNext(
  { db, wakes }: Pick<Commands, 'db' | 'wakes'>,
  personId: string,
  answer: PersonalCompletion,
): Promise<PersonalCompletion> {
  const { task } = answer;
  if (task.series_id === null) return answer;
  const bell = createBell();
  const unsubscribe = wakes.subscribe((changed) => {
    if (changed === 'all' || changed.has(task.space_id)) bell.ring();
  });
  try {
    const until = performance.now() + wait_ms;
    for (;;) {
      const now = await nextOf(db, personId, task);
      const left_ms = until - performance.now();
      if (now.next_state !== 'pending' || left_ms <= 0) return { task, ...now };
      await bell.wait(Math.min(left_ms, look_ms));
    }
  } finally {
    unsubscribe();
  }
}

async function nextOf(
  db: Commands['db'],
  personId: string,
  task: Task,
): Promise<Pick<PersonalCompletion, 'next' | 'next_state'>> {
  const { state, next } = await db.readAs(personId, async (sql) => {
    const found = await findSuccession(sql, task);
    return { state: found.state, next: found.next && (await withReminders(sql, personId, found.next)) };
  });
  if (next) return { next, next_state: 'created' };
  return { next: null, next_state: state === 'live' && task.recurrence !== null ? 'pending' : 'ended' };
}
