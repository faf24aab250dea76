/** All reminders of one person on one task: which are changed, which are new. */
import type { Asked, RemindedTask } from './moment.ts';
import { type Circumstances, firstPlan, removedPlan, replanned, revivedPlan } from './plan.ts';
import { type HeldReminder, keyOf, reminderByItself, wantsNone } from './wanted.ts';

export interface TaskPlanning<Row extends HeldReminder> {
  /** The person's reminders on the task, those taken back too. */
  readonly rows: readonly Row[];
  /** All that the person asks for from now on; undefined where nothing is said of reminders. */
  readonly asked?: readonly Asked[] | undefined;
  /** The person's reminders on the instance before it in its series. */
  readonly previous: readonly HeldReminder[];
  /** Whether the default reminder is this person's: the assignee's, else the creator's. */
  readonly isDefaultFor: boolean;
  readonly circumstances: Circumstances;
}

export interface TaskPlan<Row> {
  readonly changed: readonly { readonly before: Row; readonly after: Row }[];
  readonly added: readonly HeldReminder[];
}

/** Says what is to be stored. Taking the look again where it was stored finds nothing to do. */
export function planTask<Row extends HeldReminder>(planning: TaskPlanning<Row>): TaskPlan<Row> {
  const { rows, asked, circumstances, isDefaultFor } = planning;
  const answers = new Map(rows.map((row) => [row, asked ? answered(row, asked, circumstances) : undefined]));
  const changed: { before: Row; after: Row }[] = [];
  for (const [before, answer] of answers) {
    const isAnothers = before.origin === 'default' && !isDefaultFor;
    const at =
      isAnothers && circumstances.task ? { ...circumstances, task: null, closedBecause: 'reassigned' } : circumstances;
    const after = answer ?? (replanned(before, at) as Row);
    if (after !== before) changed.push({ before, after });
  }
  return { changed, added: addedTo(planning, circumstances.task) };
}

/** What a list of all that is asked for makes of a reminder; undefined where it is not about it, or it stays. */
function answered<Row extends HeldReminder>(
  row: Row,
  asked: readonly Asked[],
  circumstances: Circumstances,
): Row | undefined {
  if (row.kind === 'snooze' || row.kind === 'none') return undefined;
  const isAsked = asked.some((each) => keyOf(each) === keyOf(row));
  if (!isAsked) return row.state === 'removed' ? undefined : ({ ...row, ...removedPlan(row) } as Row);
  if (row.state === 'removed') return { ...row, ...revivedPlan(row, circumstances), origin: 'own' };
  return row.origin === 'own' ? undefined : { ...row, ...replanned(row, circumstances), origin: 'own' };
}

function addedTo(planning: TaskPlanning<HeldReminder>, task: RemindedTask | null): HeldReminder[] {
  const { rows, asked, circumstances } = planning;
  const lasting = rows.filter((row) => row.kind !== 'snooze');
  if (asked) {
    const known = new Set(lasting.map(keyOf));
    const fresh = asked.filter((each) => !known.has(keyOf(each)));
    const wanted = asked.length === 0 && lasting.length === 0 ? [wantsNone] : fresh;
    return wanted.map((each) => ({ ...firstPlan(each, circumstances), origin: 'own' }));
  }
  if (lasting.length > 0 || task === null) return [];
  return reminderByItself(task, circumstances.person, planning).map(({ asked: each, origin }) => ({
    ...firstPlan(each, circumstances),
    origin,
  }));
}
