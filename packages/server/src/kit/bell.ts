/** Lets a loop sleep until a time is over or somebody rings. A ring while the loop is awake counts for its next sleep. */

export interface Bell {
  ring(): void;
  /** Sleeps at most `pause_ms`. */
  wait(pause_ms: number): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wakeUp?.();
    },
    async wait(pause_ms) {
      if (!rung && pause_ms > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, pause_ms);
        wakeUp = resolve;
        await promise;
        wakeUp = undefined;
        clearTimeout(timer);
      }
      rung = false;
    },
  };
}
