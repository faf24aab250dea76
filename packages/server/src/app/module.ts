/**
 * Modules and how they run. A module names what it needs; it starts when all of that has started and stops before any of it
 * stops. What `start` answers is what the modules that need it are given.
 */
import type { Log } from '../kit/log.ts';
import type { Running } from '../kit/running.ts';

// biome-ignore lint/suspicious/noExplicitAny: a table holds modules of all types; each keeps its own through defineModule.
export type AnyModule = Module<any, any>;
type Needs = Readonly<Record<string, AnyModule>>;
type Started<Needed extends Needs> = { readonly [Name in keyof Needed]: Awaited<ReturnType<Needed[Name]['start']>> };

export interface Module<Needed extends Needs, Parts extends Running> {
  readonly name: string;
  readonly needs: Needed;
  readonly start: (needs: Started<Needed>) => Promise<Parts>;
}

/** One row of the table. */
export function defineModule<const Needed extends Needs, Parts extends Running>(
  name: string,
  needs: Needed,
  start: (needs: Started<Needed>) => Promise<Parts> | Parts,
): Module<Needed, Parts> {
  return { name, needs, start: async (started) => start(started) };
}

/** A module that did not start, or ended by itself. The cause says why. */
export class ModuleFailure extends Error {
  readonly module: string;

  constructor(module: string, doing: string, cause?: unknown) {
    super(`the module ${module} ${doing}`, { cause });
    this.name = 'ModuleFailure';
    this.module = module;
  }
}

/** The modules that have to start for the wanted ones, each after all that it needs. */
export function startingOrder(wanted: readonly AnyModule[]): AnyModule[] {
  const order = new Set<AnyModule>();
  const visit = (module: AnyModule): void => {
    if (order.has(module)) return;
    for (const needed of Object.values(module.needs as Needs)) visit(needed);
    order.add(module);
  };
  for (const module of wanted) visit(module);
  return [...order];
}

export interface RunningModules extends Running {
  /** What a module answered at its start. Throws when it is not among those that run. */
  partsOf<Needed extends Needs, Parts extends Running>(module: Module<Needed, Parts>): Parts;
}

/**
 * Starts the wanted modules and all that they need, in order. When one fails to start, those before it are stopped and
 * ModuleFailure is thrown. `done` rejects with ModuleFailure as soon as one ends without having been stopped; nothing else is
 * stopped by that: the caller calls `stop`. `stop` ends them in reverse order, each after the one before it has ended.
 */
export async function startModules(log: Log, wanted: readonly AnyModule[]): Promise<RunningModules> {
  const parts = new Map<AnyModule, Running>();
  const failed = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;

  const stop = (): Promise<void> => {
    stopping ??= stopInReverse(log, parts).then(() => failed.resolve());
    return stopping;
  };

  for (const module of startingOrder(wanted)) {
    const needs = Object.entries(module.needs as Needs).map(([name, needed]) => [name, parts.get(needed)]);
    let running: Running;
    try {
      running = await module.start(Object.fromEntries(needs));
    } catch (cause) {
      await stop();
      throw new ModuleFailure(module.name, 'did not start', cause);
    }
    parts.set(module, running);
    const ended = (cause?: unknown) => {
      if (!stopping) failed.reject(new ModuleFailure(module.name, 'ended by itself', cause));
    };
    running.done.then(() => ended(), ended);
    log.debug({ module: module.name }, 'module started');
  }

  failed.promise.catch(() => {});
  return {
    done: failed.promise,
    stop,
    partsOf<Needed extends Needs, Parts extends Running>(module: Module<Needed, Parts>) {
      const running = parts.get(module);
      if (!running) throw new Error(`the module ${module.name} does not run`);
      return running as Parts;
    },
  };
}

/** A module that fails to stop must not keep those it needs from stopping. */
async function stopInReverse(log: Log, parts: ReadonlyMap<AnyModule, Running>): Promise<void> {
  for (const [module, running] of [...parts].reverse()) {
    try {
      await running.stop();
      log.debug({ module: module.name }, 'module stopped');
    } catch (error) {
      log.error({ module: module.name, error }, 'module did not stop cleanly');
    }
  }
}
