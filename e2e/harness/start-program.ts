/** Starts the program as the test run asks for it (topology.ts): one process or one for each target, with a bus. */
import { startCarried } from './carried-process.ts';
import type { Program, ProgramOptions } from './program.ts';
import { startSplitProgram } from './split-program.ts';
import { topologyOfRun } from './topology.ts';

/** Starts it and resolves when all of it serves. Throws with what was printed when it does not. */
export function startProgram(options: ProgramOptions = {}): Promise<Program> {
  return topologyOfRun() === 'all' ? startCarried(options) : startSplitProgram(options);
}
