/**
 * `npm run bench [-- name … --quick]`: measures the program against yardsticks on the same machine in the same run.
 * Ends with 1 when something is wrong; a missed target is printed and is no failure, for the machine decides too.
 */
import { measureCreate } from './create.ts';
import { measureEngines } from './engines.ts';
import { type Bench, printed } from './frame/report.ts';
import { measureIdle } from './idle.ts';
import { measureList } from './list.ts';
import { measureLoad } from './load.ts';
import { measureRecurrence } from './recurrence.ts';
import { measureReminders } from './reminders.ts';
import { measureSearch } from './search.ts';
import { measureSockets } from './sockets.ts';
import { measureSync } from './sync.ts';
import { measureWriters } from './writers.ts';

const benches: Record<string, { about: string; measure: Bench }> = {
  idle: { about: 'memory and processor time at rest, PostgreSQL included', measure: measureIdle },
  create: { about: 'making tasks, against the same transaction from a bare script', measure: measureCreate },
  list: { about: '50 tasks of a list, against the same SQL from a bare script', measure: measureList },
  search: { about: 'words in a space of 5,000 among 1,000,000 tasks, against the same SQL', measure: measureSearch },
  reminders: {
    about: '100,000 reminders of 1,000 people due at one moment, and 1,000 in one second',
    measure: measureReminders,
  },
  sync: { about: 'a change on 1,000 open clients, against a bare WebSocket broadcast', measure: measureSync },
  sockets: { about: 'memory of 5,000 idle connections, against a bare WebSocket server', measure: measureSockets },
  recurrence: { about: 'the recurrence engine, against two libraries and hostile rules', measure: measureRecurrence },
  load: {
    about: 'a working day of 1,000 people, on one process and on one for each target, against a bare HTTP server',
    measure: measureLoad,
  },
  engines: {
    about:
      'the relay against a bare loop of the same client, and a change on its way to another process, on each engine',
    measure: measureEngines,
  },
  writers: { about: '200 clients that write at once, and what is true afterwards', measure: measureWriters },
};

async function run(given: readonly string[]): Promise<number> {
  const quick = given.includes('--quick');
  const names = given.filter((word) => word !== '--quick');
  const unknown = names.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) {
    console.error(`There is no benchmark ${unknown}. Choose from ${Object.keys(benches).join(', ')}, and --quick.`);
    return 1;
  }
  const say = (text: string) => process.stderr.write(`  … ${text}\n`);
  let faults = 0;
  let missed = 0;
  for (const [name, { about, measure }] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const started = performance.now();
    console.log(`${name}: ${about}`);
    const report = await measure({ quick, say });
    console.log(`${printed(report, { judged: !quick })}  took ${Math.round((performance.now() - started) / 1000)} s\n`);
    faults += report.faults.length;
    missed += report.targets.filter((target) => !target.met).length;
  }
  const verdict = quick ? 'no target judged' : missed === 0 ? 'all targets met' : `${missed} targets missed`;
  console.log(`${verdict}, ${faults} faults`);
  return faults === 0 ? 0 : 1;
}

process.exitCode = await run(process.argv.slice(2));
