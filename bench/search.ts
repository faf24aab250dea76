/** Searching words in a space among very many tasks, against the same SQL from a bare script. */
import { TaskQuery } from '@daymark/core/contract/task-query.ts';
import type { Client } from '../e2e/people.ts';
import type { Database } from '../packages/server/src/store/database.ts';
import { searchStatement } from '../packages/server/src/store/task-queries.ts';
import { sortKeysOf } from '../packages/server/src/store/task-query/order.ts';
import type { BareQuestions, Question } from './bare/questions.ts';
import { fillSpaces, makeSpaces, withoutIndexes } from './data/fill-spaces.ts';
import { pick, randomFrom } from './data/words.ts';
import { startOwnProcess } from './frame/own-process.ts';
import { settle } from './frame/processes.ts';
import { type Bench, below, latency, short, speed } from './frame/report.ts';
import { interleave } from './frame/rounds.ts';
import { openWorld, type World } from './frame/world.ts';
import { httpLoad } from './load/http-load.ts';

const tasksPerSpace = 5000;
const long = { spaces: 200, searchers: 8, rounds: 5, round_ms: 3000 };
const quickly = { spaces: 3, searchers: 1, rounds: 1, round_ms: 1000 };
const searchesPerPerson = 100;
const clients = 4;
const p95Max_ms = 25;
const indexedTables = ['tasks', 'task_tags', 'task_search', 'search_vocabulary'];

export const measureSearch: Bench = async ({ quick, say }) => {
  const { spaces, searchers, rounds, round_ms } = quick ? quickly : long;
  const world = await openWorld();
  const bare = startOwnProcess<BareQuestions>(new URL('./bare/questions.ts', import.meta.url));
  try {
    const people = await world.people(searchers);
    say(`loading ${(spaces * tasksPerSpace).toLocaleString('en-GB')} tasks`);
    const loading_s = await load(world, people, spaces - searchers);
    const searches = await searchesOf(world.owner, people);
    await bare.ask('open', { appUrl: world.urls.app, connections: clients, questions: searches.map(questionOf) });
    const faults: string[] = [];
    const overHttp = (connections: number, duration_ms: number, some: readonly Search[]) => async () => {
      const found = await httpLoad({
        url: world.program.url,
        connections,
        duration_ms,
        bearer: (client) => askedAs(client, connections, 0, some).person.bearer,
        request: (client, turn) => ({
          method: 'GET',
          path: `/api/v1/tasks?search=${encodeURIComponent(askedAs(client, connections, turn, some).text)}`,
        }),
      });
      if (found.failures > 0) faults.push(`${found.failures} requests failed`);
      return found;
    };
    const ofKind = (kind: Search['kind']) => searches.filter((search) => search.kind === kind);
    const measuresOf = (duration_ms: number) => ({
      alone: overHttp(1, duration_ms, searches),
      bareAlone: () => bare.ask('run', { duration_ms, connections: 1 }),
      together: overHttp(clients, duration_ms, searches),
      bareTogether: () => bare.ask('run', { duration_ms, connections: clients }),
      word: overHttp(1, duration_ms / 3, ofKind('word')),
      words: overHttp(1, duration_ms / 3, ofKind('words')),
      beginning: overHttp(1, duration_ms / 3, ofKind('beginning')),
      slip: overHttp(1, duration_ms / 3, ofKind('slip')),
    });
    const calm = () => settle(world.program);
    await interleave(1, measuresOf(round_ms / 2), calm);
    say(`${rounds} rounds`);
    const found = await interleave(rounds, measuresOf(round_ms), calm);
    return {
      figures: [
        ['tasks, in spaces of 5,000', (spaces * tasksPerSpace).toLocaleString('en-GB')],
        ['loaded in', `${short(loading_s)} s`],
        ['one client at a time', speed(found.alone)],
        ['the same SQL, bare script', speed(found.bareAlone)],
        [`${clients} clients at once`, speed(found.together)],
        ['the same SQL, bare script', speed(found.bareTogether)],
        ['ratio of the speeds, one client and several', ratios(found)],
        ['a word', latency(found.word)],
        ['two words', latency(found.words)],
        ['the beginning of a word', latency(found.beginning)],
        ['a word with a typing error', latency(found.slip)],
      ],
      targets: [
        below('p95, one client', found.alone.p95, p95Max_ms, ' ms'),
        below(`p95, ${clients} clients`, found.together.p95, p95Max_ms, ' ms'),
      ],
      faults,
    };
  } finally {
    await bare.stop();
    await world.close();
  }
};

function ratios(found: Record<'alone' | 'bareAlone' | 'together' | 'bareTogether', { perSecond: number }>): string {
  const { alone, bareAlone, together, bareTogether } = found;
  return `${short(alone.perSecond / bareAlone.perSecond)} and ${short(together.perSecond / bareTogether.perSecond)}`;
}

/** The people who search have a space each; the other spaces are of somebody else. Answers how many seconds it took. */
async function load({ owner, people }: World, searchers: readonly Client[], others: number): Promise<number> {
  const [somebody] = await people(1);
  const personId = somebody?.userId ?? '';
  const started = performance.now();
  const spaces = [
    ...searchers.map((person) => ({ personId: person.userId, spaceId: person.spaceId })),
    ...(await makeSpaces(owner, personId, others)).map((spaceId) => ({ personId, spaceId })),
  ];
  await withoutIndexes(owner, indexedTables, async () => {
    await fillSpaces(owner, spaces, { lists: 5, tasksPerList: tasksPerSpace / 5 });
  });
  return (performance.now() - started) / 1000;
}

interface Search {
  person: Client;
  kind: 'word' | 'words' | 'beginning' | 'slip';
  text: string;
}

/** Which search a client sends at a turn. A client is one person, so that it takes every so-manyth search of that person. */
function askedAs(client: number, connections: number, turn: number, some: readonly Search[]): Search {
  const people = [...new Set(some.map((search) => search.person))];
  const person = people[client % people.length];
  const own = some.filter((search) => search.person === person);
  return own[(turn * connections + client) % own.length] as Search;
}

/** People search for what they remember of their tasks' titles: words, beginnings of words, sometimes mistyped. */
async function searchesOf(owner: Database, people: readonly Client[]): Promise<Search[]> {
  const random = randomFrom(1000);
  const searches: Search[] = [];
  for (const person of people) {
    const rows = await owner.sql.rows<{ title: string }>(
      'select title from tasks where space_id = $1 order by right(id::text, 12) limit $2',
      [person.spaceId, searchesPerPerson],
    );
    for (const { title } of rows) searches.push({ person, ...searchFor(title, random) });
  }
  return searches;
}

function searchFor(title: string, random: () => number): Pick<Search, 'kind' | 'text'> {
  const words = title.split(' ');
  const word = pick(words, random);
  const longest = words.toSorted((a, b) => b.length - a.length)[0] ?? word;
  const chance = random();
  if (chance < 0.4) return { kind: 'word', text: word };
  if (chance < 0.65) return { kind: 'words', text: words.slice(0, 2).join(' ') };
  if (chance < 0.85) return { kind: 'beginning', text: longest.slice(0, 4) };
  // Two letters in the middle change places.
  return { kind: 'slip', text: longest.replace(/^(..)(.)(.)/, '$1$3$2') };
}

/** The program's statement for a search. */
function questionOf({ person, text }: Search): Question {
  const query = TaskQuery.parse({ search: text });
  const question = { personId: person.userId, query, zone: 'UTC', now: new Date().toISOString() };
  return { personId: person.userId, statements: [searchStatement(question, sortKeysOf(query), null)] };
}
