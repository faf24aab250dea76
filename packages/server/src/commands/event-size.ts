/** How large an event may be: every carrier and every reader must be able to take it. */
import { eventBytesMax } from '@daymark/core/contract/cloud-event.ts';
import type { EventPayload } from '@daymark/core/contract/event.ts';
import { Problem } from '@daymark/core/contract/problem.ts';

/**
 * Throws Problem `payload_too_large` for an event that would be too large. All fields at their limits fit, three times over: as they
 * were, as they are and in the snapshot; only texts of characters that take six bytes each in JSON come near.
 */
export function requireFittingEvent(payload: EventPayload): void {
  const bytes = Buffer.byteLength(JSON.stringify(payload));
  if (bytes <= eventBytesMax) return;
  const limit = `${eventBytesMax / 1024} KiB`;
  throw new Problem(
    'payload_too_large',
    `With the texts before and after it, this change takes ${bytes} bytes in the log; at most ${limit} are kept of one.`,
  );
}
