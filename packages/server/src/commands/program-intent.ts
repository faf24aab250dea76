/** The program acts by itself: because of an event, because of what somebody asked, or because time passed. */
import type { Intent } from './command.ts';

export type ProgramIntent = Intent & { readonly personId: null };

export interface ProgramReason {
  readonly correlationId: string;
  /** The event that caused it. */
  readonly causationId?: string | null;
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
});
