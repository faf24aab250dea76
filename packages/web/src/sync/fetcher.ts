/**
 * Carries out the fetches that the machine of live sync asks for: one page of `GET /sync` each. What another try may mend
 * is tried again, later each time; what the server refuses is told to the machine.
 */
import type { SyncAnswer } from '@daymark/core/contract/sync.ts';
import type { FetchEffect, SyncInput } from '@daymark/core/sync/client-state.ts';
import { type Api, ApiProblem } from '../api/client.ts';
import { backoffMs } from './backoff.ts';

const pageSize = 1000;
const retryLimits = { first_ms: 400, max_ms: 15_000 };

export type Fetcher = {
  fetch(effect: FetchEffect): void;
  /** What waits for another try is tried at once, because the server was just heard. */
  retryNow(): void;
  stop(): void;
};

export type FetcherEvents = {
  /** False when the machine waits for this answer no longer. */
  isWanted: (effect: FetchEffect) => boolean;
  onDone: (input: Extract<SyncInput, { type: 'answered' | 'refused' }>) => void;
};

const isPassing = (status: number): boolean => status === 0 || status === 408 || status === 429 || status >= 500;

export function createFetcher(api: Api, { isWanted, onDone }: FetcherEvents): Fetcher {
  const waiting = new Map<ReturnType<typeof setTimeout>, () => void>();
  /** How often in a row the server refused a space, so that asking anew cannot become a storm. */
  const refusals = new Map<string, number>();

  const later = (act: () => void, waitMs: number): void => {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      act();
    }, waitMs);
    waiting.set(timer, act);
  };

  const ask = async (effect: FetchEffect, attempt: number): Promise<void> => {
    if (!isWanted(effect)) return;
    const { request, spaceId, since, epoch, cursor } = effect;
    const query = { space_id: spaceId, since, epoch: epoch ?? undefined, cursor: cursor ?? undefined, limit: pageSize };
    let answer: SyncAnswer;
    try {
      answer = await api<SyncAnswer>({ method: 'GET', path: '/api/v1/sync', query });
    } catch (cause) {
      failed(effect, attempt, cause instanceof ApiProblem ? cause : new ApiProblem(0, 'unreadable', String(cause)));
      return;
    }
    refusals.delete(spaceId);
    onDone({ type: 'answered', request, answer });
  };

  const failed = (effect: FetchEffect, attempt: number, problem: ApiProblem): void => {
    // The end of the session is told by the API itself.
    if (problem.status === 401) return;
    if (isPassing(problem.status)) {
      const wait = Math.max(problem.retryAfterMs ?? 0, backoffMs(attempt, retryLimits, Math.random));
      later(() => void ask(effect, attempt + 1), wait);
      return;
    }
    const { request, spaceId } = effect;
    const times = refusals.get(spaceId) ?? 0;
    refusals.set(spaceId, times + 1);
    const tell = (): void => onDone({ type: 'refused', request, spaceId, status: problem.status });
    if (times === 0) tell();
    else later(tell, backoffMs(times, retryLimits, Math.random));
  };

  const takeWaiting = (): (() => void)[] => {
    const acts = [...waiting.values()];
    for (const timer of waiting.keys()) clearTimeout(timer);
    waiting.clear();
    return acts;
  };

  return {
    fetch: (effect) => void ask(effect, 0),
    retryNow: () => {
      for (const act of takeWaiting()) act();
    },
    stop: () => void takeWaiting(),
  };
}
