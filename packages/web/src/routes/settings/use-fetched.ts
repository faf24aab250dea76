import { useCallback, useEffect, useState } from 'react';
import type { Api } from '../../api/client.ts';
import { problemText } from '../../api/problem-text.ts';
import { useDaymark } from '../../app/daymark-context.ts';

export type Fetched<Item> = { items: Item[] | null; problem: string | null; reload: () => void };

/** A list of the API that is not synced: fetched when its screen opens, and again after a change. */
export function useFetched<Item>(fetchItems: (api: Api) => Promise<{ items: Item[] }>, key: string): Fetched<Item> {
  const { api } = useDaymark();
  const [state, setState] = useState<{ items: Item[] | null; problem: string | null }>({ items: null, problem: null });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for what is fetched, the round for asking again.
  useEffect(() => {
    let left = false;
    fetchItems(api).then(
      ({ items }) => !left && setState({ items, problem: null }),
      (cause: unknown) => !left && setState((before) => ({ ...before, problem: problemText(cause) })),
    );
    return () => {
      left = true;
    };
  }, [api, key, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  return { ...state, reload };
}

/** Runs a request from a button and says in a toast when it failed. */
export function useRun(): (request: () => Promise<unknown>, done?: () => void) => void {
  const { ui } = useDaymark();
  return (request, done) => {
    request().then(
      () => done?.(),
      (cause: unknown) => ui.say(problemText(cause), { tone: 'problem' }),
    );
  };
}
