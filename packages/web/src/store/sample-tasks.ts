/** Tasks to look around with: two lists, some dates, a sub-task or two. Days are counted from today. */
import { addDays, dateIn, instantOf } from '../text/zone-time.ts';
import type { NewList, NewTask } from './operations.ts';
import { uuidv7 } from './uuid.ts';

export type SampleInput = { spaceId: string; inboxId: string; zone: string; nowMs: number };

type Sketch = Pick<NewTask, 'title'> & {
  list?: 'home' | 'boat';
  day?: number;
  time?: string;
  priority?: NewTask['priority'];
  tags?: string[];
  notes?: string;
  steps?: string[];
};

const sketches: Sketch[] = [
  { title: 'Pay the harbour fee', list: 'boat', day: -1, priority: 'high', tags: ['money'] },
  { title: 'Call Ines about the weekend', day: 0, time: '17:30', priority: 'medium', tags: ['calls'] },
  { title: 'Water the plants', list: 'home', day: 0 },
  {
    title: 'Pack for the crossing',
    list: 'boat',
    day: 0,
    priority: 'low',
    notes: 'The blue bag is in the cellar.',
    steps: ['Charts and pencils', 'Head torch', 'Warm hat'],
  },
  { title: 'Book the dentist', day: 1, time: '09:00', tags: ['calls'] },
  { title: 'Change the winter tyres', list: 'home', day: 3, priority: 'medium' },
  { title: 'Renew the radio licence', list: 'boat', day: 9, tags: ['money'] },
  { title: 'Mend the garden gate', list: 'home' },
  { title: 'Read about tide tables', list: 'boat', notes: 'Start with the chapter on springs and neaps.' },
];

/** Lists and tasks ready to be created; parents come before their steps. */
export function sampleTasks(input: SampleInput): { lists: NewList[]; tasks: NewTask[] } {
  const today = dateIn(input.zone, input.nowMs);
  const home: NewList = {
    id: uuidv7(input.nowMs),
    space_id: input.spaceId,
    name: 'Home',
    colour: 'green',
    position: 'a0',
  };
  const boat: NewList = {
    id: uuidv7(input.nowMs),
    space_id: input.spaceId,
    name: 'Boat',
    colour: 'blue',
    position: 'a1',
  };
  const listIds = { home: home.id, boat: boat.id };
  const tasks: NewTask[] = [];
  for (const [index, sketch] of sketches.entries()) {
    const place = { space_id: input.spaceId, list_id: sketch.list ? listIds[sketch.list] : input.inboxId };
    const date = sketch.day === undefined ? null : addDays(today, sketch.day);
    const due =
      date === null ? {} : sketch.time ? { due_at: instantOf(date, sketch.time, input.zone) } : { due_on: date };
    const task: NewTask = {
      id: uuidv7(input.nowMs),
      ...place,
      title: sketch.title,
      notes: sketch.notes ?? '',
      priority: sketch.priority ?? null,
      tag_names: sketch.tags ?? [],
      position: `a${index}`,
      ...due,
    };
    tasks.push(task);
    for (const [step, title] of (sketch.steps ?? []).entries()) {
      tasks.push({ id: uuidv7(input.nowMs), ...place, title, parent_id: task.id, position: `a${step}` });
    }
  }
  return { lists: [home, boat], tasks };
}
