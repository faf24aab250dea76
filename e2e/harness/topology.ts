/**
 * In which form a test run tries the program: everything in one process, or each target in a process of its own; and what carries
 * events between processes. The environment of the run says it, and the tests themselves do not know.
 */
import { targetNames } from '../../packages/server/src/app/target-names.ts';

const topologies = ['all', 'split'] as const;
const buses = ['postgres', 'kafka', 'dapr'] as const;

export type Topology = (typeof topologies)[number];
export type Bus = (typeof buses)[number];

/** The targets that run in processes of their own; each of them once is the whole program. */
export const splitTargets = targetNames.filter((name) => name !== 'all');
export type SplitTarget = (typeof splitTargets)[number];

/** What DAYMARK_TEST_TOPOLOGY says. Throws where it says something else. */
export const topologyOfRun = (): Topology => choice('DAYMARK_TEST_TOPOLOGY', topologies);

/** What DAYMARK_TEST_BUS says. Throws where it says something else. */
export const busOfRun = (): Bus => choice('DAYMARK_TEST_BUS', buses);

function choice<const Choices extends readonly [string, ...string[]]>(name: string, choices: Choices): Choices[number] {
  const given = process.env[name] || choices[0];
  if (!choices.includes(given)) throw new Error(`${name} is ${given}, not one of ${choices.join(', ')}`);
  return given;
}
