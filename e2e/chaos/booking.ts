/**
 * Tasks with one reminder each, that fall due evenly over the run. They are booked all the while, each some time before it falls due, so
 * that planning is under fire as well; what a program acknowledged must come.
 *
 * Half of them remind when the task is due, which is a whole second; half at a moment of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Participant } from './participants.ts';
import type { PatientCaller } from './patient-caller.ts';

/** Enough for a call that is tried again and again while everything is down, also where programs start slowly. */
const LEAD_MAX_MS = 60_000;
/** Who comes to book later than so long before a moment takes a later moment. Nothing is killed yet while the first ones book. */
const LEAD_MIN_MS = 20_000;
const FIRST_LEAD_MIN_MS = 3_000;
const BULK_MAX = 25;
const CALLS_AT_ONCE = 8;
/** Before the first one falls due, those of the lead are booked at about this rate; slower machines are given time. */
const BOOKED_PER_SECOND = 120;
const BEFORE_FIRST_MS = 3_000;

/** One call: tasks of one person, in the order of their moments. */
export interface Booking {
  readonly participant: number;
  readonly moments_ms: readonly number[];
  /** When it is made. */
  readonly book_at_ms: number;
}

export interface BookingPlan {
  /** The first falls due after this moment of the machine's clock. */
  readonly from_ms: number;
  readonly bookings: readonly Booking[];
}

export interface BookingOptions {
  readonly reminders: number;
  readonly participants: number;
  /** Over how long they fall due. */
  readonly duration_ms: number;
  readonly now_ms: number;
}

/** Pure: who books what, and when. */
export function planBookings({ reminders, participants, duration_ms, now_ms }: BookingOptions): BookingPlan {
  const lead_ms = Math.min(LEAD_MAX_MS, duration_ms);
  const early = Math.ceil((reminders * lead_ms) / duration_ms);
  const from_ms = now_ms + BEFORE_FIRST_MS + Math.ceil((early * 1000) / BOOKED_PER_SECOND);
  const momentAt = (index: number) => Math.round(from_ms + (duration_ms * (index + 0.5)) / reminders);
  const bookings: Booking[] = [];
  for (let participant = 0; participant < participants; participant++) {
    const own: number[] = [];
    for (let index = participant; index < reminders; index += participants) own.push(momentAt(index));
    // The first one is of another size for each, so that they do not all book at the same time.
    const first = Math.ceil((BULK_MAX * (participant + 1)) / participants);
    for (let begin = 0, end = first; begin < own.length; begin = end, end += BULK_MAX) {
      const moments_ms = own.slice(begin, end);
      bookings.push({ participant, moments_ms, book_at_ms: (moments_ms[0] as number) - lead_ms });
    }
  }
  return { from_ms, bookings: bookings.sort((a, b) => a.book_at_ms - b.book_at_ms) };
}

interface BookedTask {
  readonly reminders: readonly { id: string; remind_at: string | null; state: string }[];
}

/** Makes the calls, each at its time. `acknowledged` takes the reminders: id → when it is to remind, in milliseconds. */
export async function makeBookings(
  caller: PatientCaller,
  participants: readonly Participant[],
  options: BookingPlan & { acknowledged: Map<string, number>; signal: AbortSignal },
): Promise<void> {
  const waiting = [...options.bookings].reverse();
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      await sleep(Math.max(0, next.book_at_ms - Date.now()), undefined, { signal: options.signal });
      const { bearer } = participants[next.participant] as Participant;
      const isEarly = next.book_at_ms < options.from_ms;
      const earliest_ms = Date.now() + (isEarly ? FIRST_LEAD_MIN_MS : LEAD_MIN_MS);
      const moments_ms = next.moments_ms.map((moment_ms) => Math.max(moment_ms, earliest_ms));
      for (const task of await book(caller, bearer, moments_ms)) {
        const reminder = task.reminders[0];
        if (task.reminders.length !== 1 || reminder?.state !== 'planned' || reminder.remind_at === null) {
          throw new Error(`a task was booked too late, or without its reminder: ${JSON.stringify(task.reminders)}`);
        }
        options.acknowledged.set(reminder.id, Date.parse(reminder.remind_at));
      }
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work));
}

async function book(caller: PatientCaller, bearer: string, moments_ms: readonly number[]): Promise<BookedTask[]> {
  const operations = moments_ms.map((moment_ms, index) => ({ op: 'create', body: taskAt(moment_ms, index) }));
  const { status, body } = await caller.call<{ results: { status: number; body: BookedTask }[] }>(
    bearer,
    'POST',
    '/api/v1/tasks/bulk',
    { operations },
  );
  if (status !== 200) throw new Error(`booking answered ${status}: ${JSON.stringify(body)}`);
  return body.results.map((result) => result.body);
}

function taskAt(moment_ms: number, index: number): object {
  if (index % 2 === 0) {
    return { title: 'Come', reminders: [{ at: new Date(moment_ms).toISOString() }] };
  }
  const due = new Date(Math.ceil(moment_ms / 1000) * 1000);
  return { title: 'Go', due_at: due.toISOString(), reminders: [{ offset_minutes: 0 }] };
}
