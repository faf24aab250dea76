/** A process that only handles events, as one part of a split installation does, and notes when it got each. */
import { answerAsks } from '../frame/own-process.ts';
import { type EngineOptions, openEngineProcess } from './engine-process.ts';
import { wallClock_ms } from './wall-clock.ts';

const seen = new Map<string, number>();

const asks = {
  async open(options: EngineOptions): Promise<void> {
    const { engine, db, listen } = await openEngineProcess(options);
    engine.busFor(db).subscribe({
      consumer: 'bench-handler',
      topics: ['task-events'],
      async handle(_tx, event) {
        if (!seen.has(event.entity_id)) seen.set(event.entity_id, wallClock_ms());
      },
    });
    await listen();
  },

  /** When the handler was first called for each task. */
  seen: async (): Promise<[string, number][]> => [...seen],
};

export type HandlerProcess = typeof asks;

answerAsks(asks);
