/** What every long-lived part of the program looks like once it has started. */

export interface Running {
  /** Settles when the part has ended. Rejecting, or resolving before `stop` was called, is a failure of the part. */
  readonly done: Promise<void>;
  /** Ends the part after the work in hand. Safe to call twice; resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** A part that has no loop of its own and therefore lives until it is stopped. */
export function runningUntilStopped(release: () => Promise<void> | void = () => {}): Running {
  const ended = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;
  return {
    done: ended.promise,
    stop() {
      stopping ??= (async () => {
        await release();
        ended.resolve();
      })();
      return stopping;
    },
  };
}

/** Several parts as one: it fails when one of them fails, and stops when all have stopped. */
export function runningTogether(parts: readonly Running[]): Running {
  return {
    done: Promise.all(parts.map((part) => part.done)).then(() => {}),
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
    },
  };
}
