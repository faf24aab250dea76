/** The parts of the running application, handed to components through one context. */
import { createContext, use, useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { Api } from '../api/client.ts';
import type { CommandRegistry, Handlers } from '../keys/command-registry.ts';
import type { CommandId } from '../keys/key-map.ts';
import type { Actions } from '../store/actions.ts';
import type { Entities } from '../store/entities.ts';
import type { DaymarkState, DaymarkStore } from '../store/task-store.ts';
import type { UiState, UiStore } from '../store/ui-store.ts';
import type { Session } from './session.ts';

export type Daymark = {
  api: Api;
  store: DaymarkStore;
  ui: UiStore;
  actions: Actions;
  commands: CommandRegistry;
  session: Session;
};

export const DaymarkContext = createContext<Daymark | null>(null);

export function useDaymark(): Daymark {
  const daymark = use(DaymarkContext);
  if (!daymark) throw new Error('a component stands outside of the application');
  return daymark;
}

export function useDaymarkState<Part>(pick: (state: DaymarkState) => Part): Part {
  return useStore(useDaymark().store, pick);
}

export function useUi<Part>(pick: (state: UiState) => Part): Part {
  return useStore(useDaymark().ui, pick);
}

export function useEntities<Part>(pick: (entities: Entities) => Part): Part {
  return useStore(useDaymark().store, (state) => pick(state.replica.shown));
}

/** The person who is signed in. Screens behind the sign-in may rely on it. */
export function useMe() {
  const me = useDaymarkState((state) => state.me);
  if (!me) throw new Error('this screen needs someone who is signed in');
  return me;
}

/** Offers commands while the component stands. Handlers may close over fresh state; only their names are fixed. */
export function useCommands(handlers: Handlers, base = false): void {
  const { commands } = useDaymark();
  const latest = useRef(handlers);
  latest.current = handlers;
  const names = Object.keys(handlers).sort().join(' ');
  // Before the screen is painted: whoever sees it may press a key.
  useLayoutEffect(() => {
    const offered = Object.fromEntries(
      names.split(' ').map((name) => [name, () => latest.current[name as CommandId]?.()]),
    );
    return commands.offer(offered as Handlers, base);
  }, [commands, names, base]);
}
