/**
 * Which messages were in flight when something was killed: those that the ledger calls claimed. Only such a message may be handed over a
 * second time. When PostgreSQL is down the question waits for it; claims are not ended in its first seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseServer } from './database-server.ts';

const RETRY_MS = 50;
const ANSWER_MAX_MS = 60_000;

/** A claim whose holder died may have been ended already: then it waits anew, and has been tried. */
const CLAIMED = `
  select id from deliveries where state = 'claimed' or (state in ('planned', 'failed') and attempts > 0)`;

export interface ClaimsAtKills {
  readonly ids: ReadonlySet<string>;
  /** Asks until there is an answer; does not throw before a minute has passed. */
  ask(): Promise<void>;
  /** When all questions are answered. */
  answered(): Promise<void>;
}

export function watchClaims(database: Pick<DatabaseServer, 'rows'>): ClaimsAtKills {
  const ids = new Set<string>();
  const asking = new Set<Promise<void>>();

  async function askNow(): Promise<void> {
    const deadline = performance.now() + ANSWER_MAX_MS;
    for (;;) {
      try {
        for (const { id } of await database.rows<{ id: string }>(CLAIMED)) ids.add(id);
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  return {
    ids,
    ask() {
      const question = askNow();
      asking.add(question);
      // Whoever waits for the answers hears of a failure.
      question.catch(() => {});
      return question;
    },
    async answered() {
      await Promise.all(asking);
    },
  };
}
