/** The program as the tests know it: an address, and what can be done to it from outside. start-program.ts starts one. */

export interface ProgramOptions {
  /** Environment names beside PORT and DAYMARK_DATA; nothing of Daymark's is taken from the environment of the tests. */
  env?: Record<string, string>;
  args?: string[];
  /** A data folder that outlives this program; without it, a fresh one is made and removed. */
  dataFolder?: string;
}

export interface Program {
  url: string;
  /** The embedded PostgreSQL lies here, whoever started it. */
  dataFolder: string;
  /** Ends it in order and removes the data folder when it was made here. Returns the exit code; of several the first that is not 0. */
  stop(): Promise<number | null>;
  /** Sends a signal to all of its processes and resolves when they have ended; the data folder stays. */
  kill(signal: NodeJS.Signals): Promise<unknown>;
  /** What it has printed so far. */
  output(): { stdout: string; stderr: string };
}
