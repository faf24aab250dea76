/** Making tasks over HTTP, in several spaces and in one, against the same transaction from a bare script. */
import type { BareTransactions } from './bare/transactions.ts';
import { startOwnProcess } from './frame/own-process.ts';
import { settle } from './frame/processes.ts';
import { atLeast, type Bench, speed } from './frame/report.ts';
import { interleave } from './frame/rounds.ts';
import { openWorld, openYardstickDatabase } from './frame/world.ts';
import { httpLoad } from './load/http-load.ts';

const connections = 16;
const long = { rounds: 5, round_ms: 3000 };
const quickly = { rounds: 1, round_ms: 1000 };
const ratioMin = 0.5;

export const measureCreate: Bench = async ({ quick, say }) => {
  const { rounds, round_ms } = quick ? quickly : long;
  const world = await openWorld();
  const bare = startOwnProcess<BareTransactions>(new URL('./bare/transactions.ts', import.meta.url));
  try {
    const people = await world.people(connections);
    const { urls, epoch, places } = await openYardstickDatabase(world, { people: connections });
    await bare.ask('open', { appUrl: urls.app, ownerUrl: urls.owner, epoch, connections, places });
    const faults: string[] = [];
    const overHttp = (spaces: number, duration_ms: number) => async () => {
      const found = await httpLoad({
        url: world.program.url,
        connections,
        duration_ms,
        bearer: (client) => people[client % spaces]?.bearer ?? '',
        request: (client, turn) => ({
          method: 'POST',
          path: '/api/v1/tasks',
          body: { title: `Task ${turn} of ${client}`, space_id: people[client % spaces]?.spaceId },
        }),
      });
      if (found.failures > 0) faults.push(`${found.failures} requests failed`);
      return found;
    };
    const measuresOf = (duration_ms: number) => ({
      many: overHttp(connections, duration_ms),
      bareMany: () => bare.ask('transactions', { duration_ms, spaces: connections }),
      one: overHttp(1, duration_ms),
      bareOne: () => bare.ask('transactions', { duration_ms, spaces: 1 }),
      taskRows: () => bare.ask('taskRows', { duration_ms }),
      plainRows: () => bare.ask('plainRows', { duration_ms }),
    });
    const calm = () => settle(world.program);
    say('warming up');
    await interleave(1, measuresOf(round_ms / 2), calm);
    say(`${rounds} rounds`);
    const found = await interleave(rounds, measuresOf(round_ms), calm);
    return {
      figures: [
        [`POST /tasks, ${connections} clients in as many spaces`, speed(found.many)],
        ['the same transaction, bare script', speed(found.bareMany)],
        [`POST /tasks, ${connections} clients in one space`, speed(found.one)],
        ['the same transaction, bare script', speed(found.bareOne)],
        ['one row into tasks, autocommit', speed(found.taskRows)],
        ['one row into a table without indexes', speed(found.plainRows)],
      ],
      targets: [
        atLeast('ratio in many spaces', found.many.perSecond / found.bareMany.perSecond, ratioMin),
        atLeast('ratio in one space', found.one.perSecond / found.bareOne.perSecond, ratioMin),
      ],
      faults,
    };
  } finally {
    await bare.stop();
    await world.close();
  }
};
