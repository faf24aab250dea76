/** The PostgreSQL of a split program, in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./database-process.ts', import.meta.url));

export interface SplitDatabase {
  ownerUrl: string;
  stop(): Promise<void>;
}

/** Starts it on a data folder. `env` is for what surrounds a process, such as a clock. Throws with what it printed when it does not start. */
export async function startSplitDatabase(folder: string, env: Record<string, string>): Promise<SplitDatabase> {
  const child = fork(SCRIPT, [folder], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  // Not `close`: it does not come once the channel was cut from this side.
  const ended = once(child, 'exit');
  const first = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`PostgreSQL did not start:\n${printed}`);
  child.channel?.unref();
  return {
    ownerUrl: String(first[0]),
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
