/**
 * The way out: whatever carries events from the log to other processes and systems. The relay hands messages to it; it delivers each
 * at least once.
 *
 * What a caller may rely on:
 * - `publish` resolves when each message was acknowledged, durably, or has failed; it answers those that failed. It never tries for
 *   longer than `timeout_ms` and keeps nothing for later.
 * - Messages of one key and topic are kept in the order in which they were given, as long as no other `publish` with that key is under
 *   way. When one of them failed, later ones of its key may have been taken: whoever wants order sends them again.
 * - It rejects only where the program itself is at fault.
 */
import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';

/** A message that was not acknowledged. It may have been taken all the same. */
export interface Unpublished {
  /** Its place in what was given. */
  readonly index: number;
  readonly error: Error;
  /** It will never be taken as it is: it is too large. */
  readonly hopeless: boolean;
}

export interface EventCarrier {
  publish(messages: readonly CarriedMessage[], options: { timeout_ms: number }): Promise<readonly Unpublished[]>;
  /** Rejects when the carrier cannot be reached. */
  check(): Promise<void>;
  close(): Promise<void>;
}
