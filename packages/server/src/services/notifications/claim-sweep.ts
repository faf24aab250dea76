/**
 * Ends claims in place of holders that cannot: those whose lease is over, and those of senders that are gone.
 *
 * A sender is gone when this process sees its lock missing, look after look, for longer than one that lives needs to take it again.
 * That is a moment, so that what a killed process had in hand goes out within the second. Where this process was cut off from
 * PostgreSQL itself, or that has just started, all the others may have been, and they are given some seconds.
 */
import type { Log } from '../../kit/log.ts';
import { startWorkLoop, usualLoop, type WorkLoop } from '../../kit/work-loop.ts';
import { endClaims } from '../../store/delivery-ledger.ts';
import { hasJustStarted, holdersWithoutLock } from '../../store/sender-lock.ts';
import type { Sql } from '../../store/sql.ts';

const lookEvery_ms = 200;
const leasesEvery_ms = 1_000;
const sweptAtOnceMax = 500;
/** How long the lock of a holder is missed before it is gone: while all is quiet, and after trouble. */
const gone_ms = 300;
const goneInTrouble_ms = 3_000;
/** Trouble is over after so long. */
const trouble_ms = 5_000;

export interface ClaimSweepOptions {
  /** The id of this sender, which knows about its own claims. */
  readonly sender: string;
  /** The deliveries and mails that this process is still busy with. */
  readonly busyWith: () => readonly string[];
  /** Told when claims have ended. */
  readonly onEnded: () => void;
}

export interface ClaimSweep extends WorkLoop {
  /** This process was cut off from PostgreSQL. */
  noteTrouble(): void;
}

/** `sql` is that of the worker login. */
export function startClaimSweep(log: Log, sql: Sql, options: ClaimSweepOptions): ClaimSweep {
  /** Since when the lock of a holder is missing. */
  const missing = new Map<string, number>();
  let troubledAt = Number.NEGATIVE_INFINITY;
  let leasesAt = Number.NEGATIVE_INFINITY;

  const noteTrouble = (): void => {
    troubledAt = performance.now();
    missing.clear();
  };

  async function holdersGone(): Promise<string[]> {
    const without = (await holdersWithoutLock(sql)).filter((holder) => holder !== options.sender);
    for (const holder of missing.keys()) if (!without.includes(holder)) missing.delete(holder);
    if (without.length === 0) return [];
    if (await hasJustStarted(sql, trouble_ms)) troubledAt = performance.now();
    const now = performance.now();
    for (const holder of without) if (!missing.has(holder)) missing.set(holder, now);
    const patience_ms = now - troubledAt < trouble_ms ? goneInTrouble_ms : gone_ms;
    return without.filter((holder) => now - (missing.get(holder) ?? now) >= patience_ms);
  }

  const loop = startWorkLoop(log, { name: 'claims of others', ...usualLoop, poll_ms: lookEvery_ms }, async () => {
    try {
      const gone = await holdersGone();
      if (gone.length === 0 && performance.now() - leasesAt < leasesEvery_ms) return { when: 'rung' };
      const ending = { gone, busyWith: options.busyWith(), limit: sweptAtOnceMax };
      const ended = (await endClaims(sql, 'deliveries', ending)) + (await endClaims(sql, 'outgoing_mails', ending));
      leasesAt = performance.now();
      if (ended > 0) options.onEnded();
      return { when: 'rung' };
    } catch (error) {
      noteTrouble();
      throw error;
    }
  });
  return { ...loop, noteTrouble };
}
