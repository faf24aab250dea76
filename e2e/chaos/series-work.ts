/** Workers who complete instance after instance of a series while everything is killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Participant } from './participants.ts';
import type { PatientCaller } from './patient-caller.ts';
import type { Random } from './random.ts';

const PAUSE_MAX_MS = 300;
const LOOK_MS = 200;
/** The next instance is made by another part of the program, which may be down. */
const NEXT_MAX_MS = 90_000;
/** The instances lie far ahead: their reminders are planned and cancelled, and none falls due in the run. */
const FIRST_DUE_MS = 2 * 86_400_000;

export interface SeriesWork {
  readonly seriesId: string;
  /** Completions that were acknowledged. */
  completions: number;
}

interface Instance {
  readonly id: string;
  readonly series_id: string;
}

/** Works on a series of its own until the signal says that it is over. Throws when a successor does not come. */
export async function workOnSeries(
  caller: PatientCaller,
  { bearer }: Participant,
  options: { random: Random; isOver: () => boolean },
): Promise<SeriesWork> {
  const task = {
    title: 'Again',
    due_at: new Date(Math.ceil((Date.now() + FIRST_DUE_MS) / 1000) * 1000).toISOString(),
    recurrence: { rrule: 'FREQ=DAILY', mode: 'on_completion' },
    reminders: [{ offset_minutes: 0 }],
  };
  const made = await caller.call<Instance>(bearer, 'POST', '/api/v1/tasks', task);
  if (made.status !== 201) throw new Error(`a series answered ${made.status}: ${JSON.stringify(made.body)}`);
  const work: SeriesWork = { seriesId: made.body.series_id, completions: 0 };
  for (let instance = made.body; !options.isOver(); ) {
    await sleep(options.random.between(0, PAUSE_MAX_MS));
    const path = `/api/v1/tasks/${instance.id}/complete`;
    const { status, body } = await caller.call<{ next: Instance | null }>(bearer, 'POST', path, {});
    if (status !== 200) throw new Error(`completing answered ${status}: ${JSON.stringify(body)}`);
    work.completions += 1;
    instance = body.next ?? (await nextOf(caller, bearer, instance));
  }
  return work;
}

async function nextOf(caller: PatientCaller, bearer: string, instance: Instance): Promise<Instance> {
  const deadline = performance.now() + NEXT_MAX_MS;
  const path = `/api/v1/tasks?series_id=${instance.series_id}&status=todo`;
  while (performance.now() < deadline) {
    const { body } = await caller.call<{ items: Instance[] }>(bearer, 'GET', path);
    const next = body.items[0];
    if (next) return next;
    await sleep(LOOK_MS);
  }
  throw new Error(`instance ${instance.id} of series ${instance.series_id} has no successor after ${NEXT_MAX_MS} ms`);
}
