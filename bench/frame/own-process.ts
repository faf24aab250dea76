/**
 * Work in a process of its own, as the program is: a yardstick must not share a processor's time with the one that measures.
 * The child's file names what it can be asked and hands it to `answerAsks`; the parent starts the file and asks.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a child can be asked: each takes one argument of plain JSON and answers plain JSON. */
type Asks = Record<string, (argument: never) => Promise<unknown>>;

export interface OwnProcess<Kind extends Asks> {
  readonly pid: number;
  /** Rejects with what the child threw, or when it ended. */
  ask<Name extends keyof Kind & string>(
    name: Name,
    argument: Parameters<Kind[Name]>[0],
  ): Promise<Awaited<ReturnType<Kind[Name]>>>;
  stop(): Promise<void>;
}

interface Question {
  place: number;
  name: string;
  argument: unknown;
}

type Answer = { place: number; value: unknown } | { place: number; error: string };

/** Starts a file as a process. It ends with `stop`, or when this process does. */
export function startOwnProcess<Kind extends Asks>(program: URL): OwnProcess<Kind> {
  const child = fork(fileURLToPath(program), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let places = 0;
  child.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.place);
    waiting.delete(answer.place);
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value);
  });
  const ended = once(child, 'exit').then(() => {
    for (const asked of waiting.values()) asked.reject(new Error(`${program.pathname} ended early`));
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    ask(name, argument) {
      const place = ++places;
      const asked = Promise.withResolvers<unknown>();
      waiting.set(place, asked);
      child.send({ place, name, argument } satisfies Question);
      return asked.promise as never;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Answers what the parent asks, until it lets go of the channel. */
export function answerAsks(asks: Asks): void {
  process.on('message', async ({ place, name, argument }: Question) => {
    try {
      const value = await asks[name]?.(argument as never);
      process.send?.({ place, value } satisfies Answer);
    } catch (error) {
      process.send?.({ place, error: (error as Error).stack ?? String(error) } satisfies Answer);
    }
  });
  process.on('disconnect', () => process.exit(0));
}
