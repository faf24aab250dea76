/** People who write the whole time: they create and complete tasks, go through series, and are reminded soon by a webhook. */
import { setTimeout as sleep } from 'node:timers/promises';
import { gatherParticipants, type Participant } from '../chaos/participants.ts';
import { patientCaller } from '../chaos/patient-caller.ts';
import { seededRandom } from '../chaos/random.ts';
import { type SeriesWork, workOnSeries } from '../chaos/series-work.ts';

const PEOPLE = 4;
const CREATE_EVERY_MS = 300;
const REMIND_EVERY_MS = 700;
/** Soon, and later than a call that finds a process stopping takes. */
const LEAD_MIN_MS = 5_000;
const LEAD_MAX_MS = 20_000;

export interface Done {
  /** Of everything that was acknowledged: tasks, those of them that were completed, and reminders by id. */
  readonly tasks: string[];
  readonly completed: string[];
  readonly reminders: string[];
  readonly series: SeriesWork[];
}

export interface PeopleAtWork {
  /** What was acknowledged up to now; series only when they have stopped. Throws what has stopped one of them. */
  sofar(): Done;
  /** Ends what they are at. Throws what has stopped one of them before. */
  stop(): Promise<Done>;
}

interface Task {
  readonly id: string;
  readonly reminders: readonly { id: string }[];
}

export async function putPeopleToWork(url: string, sinkUrl: string): Promise<PeopleAtWork> {
  const caller = patientCaller([url]);
  const people = await gatherParticipants(url, { count: PEOPLE, sinkUrl });
  const random = seededRandom(people.length);
  const done: Done = { tasks: [], completed: [], reminders: [], series: [] };
  let isOver = false;
  let failure: Error | undefined;

  const must = async <Body>({ bearer }: Participant, path: string, body: object): Promise<Body> => {
    const answer = await caller.call<Body>(bearer, 'POST', path, body);
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const again = async (pause_ms: number, work: () => Promise<void>) => {
    for (; !isOver; await sleep(pause_ms)) await work();
  };
  const create = (person: Participant) =>
    again(CREATE_EVERY_MS, async () => {
      const { id } = await must<Task>(person, '/api/v1/tasks', { title: 'Sort the letters' });
      done.tasks.push(id);
      if (!random.chance(0.5)) return;
      await must(person, `/api/v1/tasks/${id}/complete`, {});
      done.completed.push(id);
    });
  const remind = (person: Participant) =>
    again(REMIND_EVERY_MS, async () => {
      const at = new Date(Date.now() + random.between(LEAD_MIN_MS, LEAD_MAX_MS)).toISOString();
      const task = await must<Task>(person, '/api/v1/tasks', { title: 'Take the bread out', reminders: [{ at }] });
      done.tasks.push(task.id);
      done.reminders.push(...task.reminders.map(({ id }) => id));
    });
  const goThrough = async (person: Participant) => {
    done.series.push(await workOnSeries(caller, person, { random: random.fork(person.userId), isOver: () => isOver }));
  };
  const [first, second, third, fourth] = people as [Participant, Participant, Participant, Participant];
  const working = [create(first), remind(second), goThrough(third), goThrough(fourth)].map((each) =>
    each.catch((error: Error) => {
      failure ??= error;
    }),
  );
  const sofar = () => {
    if (failure) throw failure;
    return { ...done, tasks: [...done.tasks], completed: [...done.completed], reminders: [...done.reminders] };
  };
  return {
    sofar,
    async stop() {
      isOver = true;
      await Promise.all(working);
      return sofar();
    },
  };
}
