/** A person with something to do, for pictures: lists, tags, dates, sub-tasks, a shared space, long words and other scripts. */
import { signUp } from '../people.ts';

interface Sketch {
  title: string;
  list?: string;
  /** Days from today; without it the task has no date. */
  day?: number;
  /** UTC. */
  time?: string;
  priority?: 'high' | 'medium' | 'low';
  tags?: string[];
  notes?: string;
  steps?: [title: string, done: boolean][];
  end?: 'complete' | 'trash';
  rule?: string;
  /** Minutes before. */
  remind?: number[];
}

const sketches: Sketch[] = [
  { title: 'Pay the harbour fee', list: 'Boat', day: -2, priority: 'high', tags: ['money'] },
  { title: 'Send the October invoices', list: 'Work', day: -1, tags: ['money'] },
  { title: 'Call Ines about the weekend', day: 0, time: '16:30', priority: 'medium', tags: ['calls'] },
  { title: 'Review the tide tables for Sunday', list: 'Boat', day: 0, time: '10:15', priority: 'high' },
  {
    title: 'Pack for the crossing',
    list: 'Boat',
    day: 0,
    priority: 'low',
    tags: ['trip'],
    notes: 'The blue bag is in the cellar.\nAsk Jonas for the second life jacket.',
    steps: [
      ['Charts and pencils', true],
      ['Head torch', true],
      ['Warm hat', false],
      ['Thermos flask', false],
    ],
  },
  { title: 'Water the plants', list: 'Garden', day: 0, rule: 'FREQ=DAILY;INTERVAL=2' },
  { title: 'Pick up the parcel at the post office', day: 0 },
  { title: 'Book the dentist', day: 1, time: '08:00', tags: ['calls'], remind: [15, 60] },
  { title: 'Pay the berth', list: 'Boat', day: 10, time: '08:00', rule: 'FREQ=MONTHLY;BYMONTHDAY=1', remind: [1440] },
  { title: 'Write the speech for the club evening', list: 'Work', day: 1, priority: 'medium' },
  { title: 'Change to winter tyres', day: 3, priority: 'medium' },
  { title: 'Plant the tulips', list: 'Garden', day: 4, steps: [['Buy bulbs', false]] },
  { title: 'Renew the radio licence', list: 'Boat', day: 9, tags: ['money'] },
  {
    title: 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen polieren und zurückgeben, bevor jemand fragt',
    day: 12,
  },
  { title: 'לקנות פרחים ליום ההולדת של אמא', day: 2 },
  { title: '東京行きの切符を予約する', day: 40, tags: ['trip'] },
  { title: 'Mend the garden gate', list: 'Garden' },
  { title: 'Prune the apple tree', list: 'Garden', priority: 'low', notes: 'Before the frost.' },
  { title: 'Sow the winter salad', list: 'Garden', day: 6 },
  { title: 'Learn the bowline with one hand' },
  { title: 'Oil the winches', list: 'Boat', end: 'complete' },
  { title: 'Order new gloves', end: 'complete' },
  { title: 'Old idea', end: 'trash' },
];

const colours: Record<string, string> = { Boat: 'blue', Garden: 'green', Work: 'violet' };

/** Makes the account `Ada Lovelace` and what she has. Answers her session's cookie and one list. */
export async function furnish(url: string, now: Date): Promise<{ cookie: string; listId: string }> {
  const ada = await signUp(url, 'Ada');
  await ada.must('PATCH', '/api/v1/me', { name: 'Ada Lovelace', locale: 'en-GB', week_start: 'monday' });
  const lists: Record<string, string> = {};
  for (const [name, colour] of Object.entries(colours)) {
    const made = await ada.must<{ id: string }>('POST', '/api/v1/lists', { name, colour });
    lists[name] = made.id;
  }
  for (const sketch of sketches) {
    const task = await ada.must<{ id: string; list_id: string }>('POST', '/api/v1/tasks', bodyOf(sketch, lists, now));
    for (const [title, done] of sketch.steps ?? []) {
      const step = await ada.must<{ id: string }>('POST', '/api/v1/tasks', {
        title,
        parent_id: task.id,
        list_id: task.list_id,
      });
      if (done) await ada.must('POST', `/api/v1/tasks/${step.id}/complete`, {});
    }
    if (sketch.end === 'complete') await ada.must('POST', `/api/v1/tasks/${task.id}/complete`, {});
    if (sketch.end === 'trash') await ada.must('DELETE', `/api/v1/tasks/${task.id}`);
  }
  const space = await ada.must<{ id: string; inbox_id: string }>('POST', '/api/v1/spaces', { name: 'Regatta crew' });
  const shared = { space_id: space.id, assignee_id: ada.userId };
  await ada.must('POST', '/api/v1/tasks', { title: 'Order the new spinnaker', due_on: dayFrom(now, 0), ...shared });
  await ada.must('POST', '/api/v1/tokens', { name: 'Backup script', scopes: ['tasks:read'] });
  return { cookie: ada.cookie, listId: lists.Garden ?? '' };
}

const dayFrom = (now: Date, days: number): string =>
  new Date(now.getTime() + days * 86_400_000).toISOString().slice(0, 10);

function bodyOf(sketch: Sketch, lists: Record<string, string>, now: Date): Record<string, unknown> {
  const day = sketch.day === undefined ? undefined : dayFrom(now, sketch.day);
  const due = day === undefined ? {} : sketch.time ? { due_at: `${day}T${sketch.time}:00Z` } : { due_on: day };
  return {
    title: sketch.title,
    ...(sketch.list && { list_id: lists[sketch.list] }),
    ...(sketch.priority && { priority: sketch.priority }),
    ...(sketch.tags && { tag_names: sketch.tags }),
    ...(sketch.notes && { notes: sketch.notes }),
    ...(sketch.rule && { recurrence: { rrule: sketch.rule } }),
    ...(sketch.remind && { reminders: sketch.remind.map((offset_minutes) => ({ offset_minutes })) }),
    ...due,
  };
}
