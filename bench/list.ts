/** Fifty tasks of a list over HTTP, against the same SQL from a bare script. */
import { TaskQuery } from '@daymark/core/contract/task-query.ts';
import { countStatement, pageStatement } from '../packages/server/src/store/task-queries.ts';
import { sortKeysOf } from '../packages/server/src/store/task-query/order.ts';
import type { BareQuestions, Question } from './bare/questions.ts';
import { fillSpaces } from './data/fill-spaces.ts';
import { startOwnProcess } from './frame/own-process.ts';
import { settle } from './frame/processes.ts';
import { atLeast, type Bench, speed } from './frame/report.ts';
import { interleave } from './frame/rounds.ts';
import { openWorld } from './frame/world.ts';
import { httpLoad } from './load/http-load.ts';

const connections = 16;
const long = { rounds: 5, round_ms: 3000 };
const quickly = { rounds: 1, round_ms: 1000 };
const lists = 5;
const tasksPerList = 200;
const pageSize = 50;
const ratioMin = 0.5;

export const measureList: Bench = async ({ quick, say }) => {
  const { rounds, round_ms } = quick ? quickly : long;
  const world = await openWorld();
  const bare = startOwnProcess<BareQuestions>(new URL('./bare/questions.ts', import.meta.url));
  try {
    const people = await world.people(connections);
    say(`filling ${people.length * lists} lists`);
    const spaces = await fillSpaces(
      world.owner,
      people.map(({ userId, spaceId }) => ({ personId: userId, spaceId })),
      { lists, tasksPerList },
    );
    await world.owner.sql.dynamicRows('vacuum analyze tasks, task_tags, tags');
    const asked = spaces.flatMap(({ personId, listIds }) => listIds.map((list_id) => ({ personId, list_id })));
    await bare.ask('open', { appUrl: world.urls.app, connections, questions: asked.map(questionOf) });
    const faults: string[] = [];
    const measuresOf = (duration_ms: number) => ({
      program: async () => {
        const found = await httpLoad({
          url: world.program.url,
          connections,
          duration_ms,
          bearer: (client) => people[client]?.bearer ?? '',
          request: (client, turn) => ({
            method: 'GET',
            path: `/api/v1/tasks?list_id=${spaces[client]?.listIds[turn % lists]}&limit=${pageSize}`,
          }),
        });
        if (found.failures > 0) faults.push(`${found.failures} requests failed`);
        return found;
      },
      bare: () => bare.ask('run', { duration_ms, connections }),
    });
    const calm = () => settle(world.program);
    await interleave(1, measuresOf(round_ms / 2), calm);
    say(`${rounds} rounds`);
    const found = await interleave(rounds, measuresOf(round_ms), calm);
    return {
      figures: [
        [`GET /tasks, ${pageSize} of a list, ${connections} clients`, speed(found.program)],
        ['the same SQL, bare script', speed(found.bare)],
      ],
      targets: [atLeast('ratio', found.program.perSecond / found.bare.perSecond, ratioMin)],
      faults,
    };
  } finally {
    await bare.stop();
    await world.close();
  }
};

/** The program's statements for the page and its count. */
function questionOf({ personId, list_id }: { personId: string; list_id: string }): Question {
  const query = TaskQuery.parse({ list_id, limit: String(pageSize) });
  const question = { personId, query, zone: 'UTC', now: new Date().toISOString() };
  return { personId, statements: [pageStatement(question, sortKeysOf(query), null), countStatement(question)] };
}
