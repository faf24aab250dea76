/** The program acts by itself: because of an event, because of what somebody asked, or because time passed. */
import type { Intent } from './command.ts';

export type ProgramIntent = Intent & { readonly personId: null };

export interface ProgramReason {
  readonly correlationId: string;
  /** The event that caused it. */
  readonly causationId?: string | null;
  /** The trace of that event. */
  readonly traceparent?: string | null;
  readonly links?: readonly string[];
  /** From where somebody asked, if anybody did. */
  readonly client?: string | null;
  readonly address?: string | null;
}

export const programIntent = (reason: ProgramReason): ProgramIntent => ({
  personId: null,
  actorType: 'system',
  client: reason.client ?? null,
  address: reason.address ?? null,
  correlationId: reason.correlationId,
  causationId: reason.causationId ?? null,
  idempotency: null,
  ...(reason.traceparent !== undefined && { traceparent: reason.traceparent }),
  ...(reason.links && { links: reason.links }),
});
