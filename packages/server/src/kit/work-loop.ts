/**
 * A loop that does work turn after turn while there is some, then sleeps until it is rung, until the moment that the last turn
 * named, or until the slow poll, whichever comes first. What goes wrong ends a turn and not the loop.
 */
import { createBell } from './bell.ts';
import type { Log } from './log.ts';
import type { Running } from './running.ts';

/** What a turn says of the next one: at once, at a moment from now, or when something happens. */
export type NextTurn = { when: 'now' } | { when: 'in'; pause_ms: number } | { when: 'rung' };

export interface WorkLoop extends Running {
  /** There may be work. */
  ring(): void;
}

export interface WorkLoopOptions {
  /** For the log. */
  readonly name: string;
  /** The longest sleep: what a lost hint costs at most. */
  readonly poll_ms: number;
  /** First and longest pause after a turn that failed. */
  readonly troubleMin_ms: number;
  readonly troubleMax_ms: number;
}

export const usualLoop = { poll_ms: 1_000, troubleMin_ms: 100, troubleMax_ms: 5_000 } as const;

/** Starts the loop. Stopping waits for the turn at hand. */
export function startWorkLoop(log: Log, options: WorkLoopOptions, turn: () => Promise<NextTurn>): WorkLoop {
  const bell = createBell();
  let stopping = false;

  async function run(): Promise<void> {
    let troubles = 0;
    while (!stopping) {
      try {
        const next = await turn();
        troubles = 0;
        if (next.when === 'now' || stopping) continue;
        const pause_ms = next.when === 'in' ? Math.max(0, Math.min(next.pause_ms, options.poll_ms)) : options.poll_ms;
        await bell.wait(pause_ms);
      } catch (error) {
        // One line when it begins, not one a try for as long as it lasts.
        if (++troubles === 1) log.warn({ error, loop: options.name }, 'a loop is interrupted and will go on by itself');
        if (!stopping)
          await bell.wait(Math.min(options.troubleMax_ms, options.troubleMin_ms * 2 ** Math.min(troubles - 1, 20)));
      }
    }
  }

  const done = run();
  return {
    done,
    ring: () => bell.ring(),
    async stop() {
      stopping = true;
      bell.ring();
      await done;
    },
  };
}
