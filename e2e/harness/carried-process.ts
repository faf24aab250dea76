/** The program as one process, with the bus of the run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carrierFor } from './carrier.ts';
import { startOneProcess } from './one-process.ts';
import type { Program, ProgramOptions } from './program.ts';
import { busOfRun } from './topology.ts';

/** Starts it and resolves when it serves. Throws with what it printed when it does not. */
export async function startCarried(options: ProgramOptions): Promise<Program> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'daymark-e2e-')));
  const removeOwn = async () => {
    if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
  };
  const carrier = await carrierFor(busOfRun(), { target: 'all', dataFolder });
  try {
    const program = await startOneProcess({ ...options, dataFolder, env: { ...carrier.env, ...options.env } });
    return {
      ...program,
      async stop() {
        const code = await program.stop();
        await (options.dataFolder === undefined ? carrier.kill() : carrier.stop());
        await removeOwn();
        return code;
      },
      async kill(signal) {
        const ending = await program.kill(signal);
        await carrier.stop();
        return ending;
      },
    };
  } catch (error) {
    await carrier.kill();
    await removeOwn();
    throw error;
  }
}
