/** The next reminder of each task, worked out once for each state of the reminders, since every row asks for its own. */
import type { ById, Reminder } from '../store/entities.ts';

const cache = new WeakMap<ById<Reminder>, Map<string, string>>();

function nextByTask(reminders: ById<Reminder>): Map<string, string> {
  const known = cache.get(reminders);
  if (known) return known;
  const index = new Map<string, string>();
  for (const { task_id, state, remind_at } of Object.values(reminders)) {
    if (state !== 'planned' || remind_at === null) continue;
    const earlier = index.get(task_id);
    if (earlier === undefined || Date.parse(remind_at) < Date.parse(earlier)) index.set(task_id, remind_at);
  }
  cache.set(reminders, index);
  return index;
}

/** When the task reminds next, a snooze included; null when it does not. */
export const nextReminderAt = (reminders: ById<Reminder>, taskId: string): string | null =>
  nextByTask(reminders).get(taskId) ?? null;
