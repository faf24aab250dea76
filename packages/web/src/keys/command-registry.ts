/** Which commands can be run now. A screen offers handlers while it stands; the one that came last answers. */
import type { CommandId } from './key-map.ts';

export type Handlers = Partial<Record<CommandId, () => void>>;

export type CommandRegistry = {
  /** A `base` offer stands behind all others: what a command does when no screen has an answer of its own. */
  offer(handlers: Handlers, base?: boolean): () => void;
  run(command: CommandId): boolean;
  available(): Set<CommandId>;
};

export function createCommandRegistry(): CommandRegistry {
  const offers: Handlers[] = [];
  const handlerOf = (command: CommandId) => offers.findLast((handlers) => handlers[command])?.[command];
  return {
    offer(handlers, base = false) {
      if (base) offers.unshift(handlers);
      else offers.push(handlers);
      return () => {
        const index = offers.indexOf(handlers);
        if (index >= 0) offers.splice(index, 1);
      };
    },
    run(command) {
      const handler = handlerOf(command);
      handler?.();
      return handler !== undefined;
    },
    available: () => new Set(offers.flatMap((handlers) => Object.keys(handlers) as CommandId[])),
  };
}
