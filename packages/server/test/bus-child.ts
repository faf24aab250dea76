/**
 * A consumer in a process of its own, for tests that kill it. It says `effect` on its standard output after writing the effect of an
 * event and before its commit; for the version that it is told to, it then stays there for ever.
 */
import type { EventBus } from '../src/ports/event-bus.ts';
import { writeEffect } from './bus-effects.ts';

export interface ChildTask {
  consumer: string;
  /** The worker's connection string. */
  url: string;
  /** Stay in the middle of the event of this version; 0 for none. */
  stayAtVersion: number;
}

export const childTask = (): ChildTask => JSON.parse(process.argv[2] ?? '') as ChildTask;

export function runChild(bus: EventBus, task: ChildTask): void {
  bus.subscribe({
    consumer: task.consumer,
    topics: 'all',
    async handle(tx, event) {
      await writeEffect(tx, task.consumer, event);
      if (event.version !== task.stayAtVersion) return;
      process.stdout.write('effect\n');
      await new Promise(() => setInterval(() => {}, 60_000));
    },
  });
}
