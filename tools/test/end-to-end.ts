/**
 * The end-to-end tests, once for each form of the program: as one process or as one for each target, with each bus. What a pass leaves
 * out it says, with the reason; everything else runs in all of them.
 */
import { globSync } from 'node:fs';
import type { Bus, Topology } from '../../e2e/harness/topology.ts';
import { root } from './child.ts';
import type { Count } from './count.ts';
import { runVitest } from './vitest.ts';

export interface Pass {
  readonly topology: Topology;
  readonly bus: Bus;
  /** How many requests the test makes from the OpenAPI document. */
  readonly fuzzRequests: number;
}

/** Enough that each operation is asked some dozens of times, good and bad. */
export const fuzzRequestsFew = 4_000;
export const fuzzRequestsMany = 20_000;

interface Exception {
  readonly files: RegExp;
  /** Whether a pass runs these files. */
  readonly runs: (pass: Pass) => boolean;
  readonly why: string;
}

const isOneProcess = ({ topology }: Pass): boolean => topology === 'all';
const isUsual = ({ topology, bus }: Pass): boolean => topology === 'all' && bus === 'postgres';

const exceptions: readonly Exception[] = [
  { files: /^e2e\/start\./, runs: isUsual, why: 'it kills and starts one process and the PostgreSQL that it runs' },
  { files: /^e2e\/readme\./, runs: isUsual, why: 'the commands of the README start the whole program as it comes' },
  { files: /^e2e\/fake-clock\./, runs: isUsual, why: 'it is about the clock of the harness' },
  { files: /^e2e\/chaos\//, runs: isUsual, why: 'they are about the parts of a chaos run, without the program' },
  { files: /^e2e\/chaos\.test/, runs: isUsual, why: 'a chaos run starts programs and carriers of its own choice' },
  {
    files: /^e2e\/browser-look\./,
    runs: ({ bus }) => bus === 'postgres',
    why: 'how pages look does not depend on what carries events',
  },
  {
    files: /^e2e\/nights\./,
    runs: ({ bus }) => bus === 'postgres',
    why: 'its clock jumps over years, and the broker and its clients live under the clock of the machine',
  },
  {
    files: /^e2e\/targets\./,
    runs: (pass) => !isOneProcess(pass),
    why: 'it restarts targets that run in processes of their own',
  },
];

interface Chosen {
  readonly wanted: readonly string[];
  readonly leftOut: readonly { readonly files: readonly string[]; readonly why: string }[];
}

/** The test files of a pass, and what it leaves out. */
export function filesOf(pass: Pass): Chosen {
  const files = globSync('e2e/**/*.test.ts', { cwd: root })
    .filter((file) => !file.endsWith('.engine.test.ts'))
    .sort();
  const leftOut = exceptions
    .filter(({ runs }) => !runs(pass))
    .map(({ files: pattern, why }) => ({ files: files.filter((file) => pattern.test(file)), why }));
  const names = new Set(leftOut.flatMap((exception) => exception.files));
  return { wanted: files.filter((file) => !names.has(file)), leftOut };
}

/** Runs one pass, and counts. */
export async function runPass(pass: Pass): Promise<Count> {
  const { topology, bus, fuzzRequests } = pass;
  const { wanted, leftOut } = filesOf(pass);
  const form = topology === 'all' ? 'one process' : 'a process for each target';
  process.stdout.write(`\nEnd-to-end tests: ${form}, bus ${bus}\n`);
  for (const { files, why } of leftOut) process.stdout.write(`  without ${files.join(', ')}: ${why}\n`);
  // One file at a time: each starts the whole program, and the slower they are the less they show.
  return runVitest(['--project', 'e2e', '--maxWorkers=1', ...wanted], {
    DAYMARK_TEST_TOPOLOGY: topology,
    DAYMARK_TEST_BUS: bus,
    DAYMARK_TEST_FUZZ_REQUESTS: process.env.DAYMARK_TEST_FUZZ_REQUESTS ?? String(fuzzRequests),
  });
}
