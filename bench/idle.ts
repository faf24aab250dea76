/** The program at rest, with its PostgreSQL. */
import { setTimeout as sleep } from 'node:timers/promises';
import { allPids, memoryOf, memoryOfAll, processorTimeOfProgram, settle } from './frame/processes.ts';
import { type Bench, below, short } from './frame/report.ts';
import { openWorld } from './frame/world.ts';

const rest_ms = { long: 20_000, quick: 4000 };
const memoryMax_mb = 250;
const processorMax_percent = 1;
const megabyte = 1024 * 1024;

export const measureIdle: Bench = async ({ quick, say }) => {
  const world = await openWorld();
  try {
    const { program } = world;
    // Somebody was there, so that everything has been used once.
    const [person] = await world.people(1);
    await person?.must('GET', '/api/v1/tasks');
    await settle(program);
    const pause_ms = quick ? rest_ms.quick : rest_ms.long;
    say(`resting for ${pause_ms / 1000} s`);
    const before = processorTimeOfProgram(program);
    await sleep(pause_ms);
    const used_percent = ((processorTimeOfProgram(program) - before) * 100_000) / pause_ms;
    const all = memoryOfAll(allPids(program));
    const server = memoryOf(program.pid);
    return {
      figures: [
        ['memory of all processes (PSS)', `${short(all.pss / megabyte)} MB`],
        ['  of the program alone', `${short(server.pss / megabyte)} MB`],
        ['resident memory, shared pages counted each time', `${short(all.rss / megabyte)} MB`],
        ['processes', String(allPids(program).length)],
        ['ready after', `${short(program.ready_ms)} ms, with a new data folder`],
      ],
      targets: [
        below('memory', all.pss / megabyte, memoryMax_mb, ' MB'),
        below('processor time', used_percent, processorMax_percent, ' % of one processor'),
      ],
      faults: [],
    };
  } finally {
    await world.close();
  }
};
