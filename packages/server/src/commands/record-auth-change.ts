/**
 * Turns what happened to accounts into events of the person's own space. Its reader runs it for everybody now and then; whoever
 * signs up, signs in or out runs it for that person before answering. However often and by whomever: each change becomes one event.
 */
import { randomUUIDv7 } from 'node:crypto';
import { type AuthChange, pendingAuthChanges, takeAuthChange } from '../store/auth-changes.ts';
import { findProfile } from '../store/people.ts';
import { type Commands, type Intent, runCommand } from './command.ts';
import { provisionPerson } from './provision-person.ts';

const changesPerRunMax = 100;

/**
 * Records the oldest pending changes, of one person or of all, at most 100, and answers how many are recorded. Makes the personal
 * space of a person who has none. `worker` are the commands on the worker login. `onFailure` hears of a change that could not be
 * recorded, whose person's later changes then wait; without it the failure is thrown.
 */
export async function recordAuthChanges(
  worker: Commands,
  options: { userId: string | null; correlationId?: string; onFailure?: (error: unknown, userId: string) => void },
): Promise<number> {
  const pending = await pendingAuthChanges(worker.db.sql, options.userId, changesPerRunMax);
  const failed = new Set<string>();
  let recorded = 0;
  for (const change of pending) {
    if (failed.has(change.user_id)) continue;
    try {
      await recordAuthChange(worker, change, options.correlationId ?? randomUUIDv7());
      recorded += 1;
    } catch (error) {
      if (!options.onFailure) throw error;
      failed.add(change.user_id);
      options.onFailure(error, change.user_id);
    }
  }
  return recorded;
}

async function recordAuthChange(worker: Commands, authChange: AuthChange, correlationId: string): Promise<void> {
  const intent: Intent = {
    personId: null,
    actorType: authChange.actor === 'system' ? 'system' : 'user',
    ...(authChange.actor !== 'system' && { actorId: authChange.actor ?? authChange.user_id }),
    client: authChange.client,
    address: authChange.address,
    correlationId,
    causationId: null,
    idempotency: null,
  };
  const spaceId = await provisionPerson(worker, intent, authChange.user_id);
  await runCommand(worker, intent, [spaceId], async (change) => {
    const [taken, profile] = await Promise.all([
      takeAuthChange(change, authChange.id),
      findProfile(change, authChange.user_id),
    ]);
    if (!taken || !profile) return;
    const { type, changes } = authChange;
    change.append(spaceId, { type, entityId: profile.id, snapshot: profile, changes });
  });
}
