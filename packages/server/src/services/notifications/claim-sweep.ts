/**
 * Ends claims in place of holders that cannot: those whose lease is over, and those of senders that are gone. A sender is gone when
 * this process has seen its lock missing, look after look, for some seconds; after any trouble of its own it begins to count anew.
 */
import type { Log } from '../../kit/log.ts';
import { startWorkLoop, usualLoop, type WorkLoop } from '../../kit/work-loop.ts';
import { endClaims } from '../../store/delivery-ledger.ts';
import { endMailClaims } from '../../store/outgoing-mails.ts';
import { holdersWithoutLock } from '../../store/sender-lock.ts';
import type { Sql } from '../../store/sql.ts';

const sweepEvery_ms = 500;
const sweptAtOnceMax = 500;
/** Who lives has taken its lock again by then. */
const gone_ms = 3_000;

export interface ClaimSweepOptions {
  /** The id of this sender, which knows about its own claims. */
  readonly sender: string;
  /** The deliveries and mails that this process is still busy with. */
  readonly busyWith: () => readonly string[];
  /** Told when claims have ended. */
  readonly onEnded: () => void;
  /** For tests: another time after which a holder without a lock is gone. */
  readonly gone_ms?: number | undefined;
}

/** `sql` is that of the worker login. */
export function startClaimSweep(log: Log, sql: Sql, options: ClaimSweepOptions): WorkLoop {
  /** Since when the lock of a holder is missing. */
  const missing = new Map<string, number>();

  async function holdersGone(): Promise<string[]> {
    const now = performance.now();
    const without = (await holdersWithoutLock(sql)).filter((holder) => holder !== options.sender);
    for (const holder of missing.keys()) if (!without.includes(holder)) missing.delete(holder);
    for (const holder of without) if (!missing.has(holder)) missing.set(holder, now);
    return without.filter((holder) => now - (missing.get(holder) ?? now) >= (options.gone_ms ?? gone_ms));
  }

  return startWorkLoop(log, { name: 'claims of others', ...usualLoop, poll_ms: sweepEvery_ms }, async () => {
    try {
      const ending = { gone: await holdersGone(), busyWith: options.busyWith(), limit: sweptAtOnceMax };
      const ended = (await endClaims(sql, ending)) + (await endMailClaims(sql, ending));
      if (ended > 0) options.onEnded();
      return { when: 'rung' };
    } catch (error) {
      missing.clear();
      throw error;
    }
  });
}
