/** Takes and removes the push subscriptions of a person's browsers. */
import { randomUUIDv7 } from 'node:crypto';
import {
  type PushSubscription,
  type PushSubscriptionCreate,
  pushSubscriptionsPerPersonMax,
} from '@daymark/core/contract/notification.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import type { z } from 'zod';
import {
  countPushSubscriptions,
  deletePushSubscription,
  findPushSubscription,
  insertPushSubscription,
} from '../store/push-subscriptions.ts';
import type { Change, Commands, Intent } from './command.ts';
import { findHomeSpace } from './home-space.ts';
import { runWhere } from './run-where.ts';

type PersonIntent = Intent & { readonly personId: string };

/**
 * A browser that subscribes again with the same endpoint and keys is answered the subscription that is there; with new keys it is
 * replaced. Throws Problem `conflict`.
 */
export function subscribePush(
  commands: Commands,
  intent: PersonIntent,
  body: z.infer<typeof PushSubscriptionCreate>,
): Promise<PushSubscription> {
  const { personId } = intent;
  return runWhere(commands, intent, findHomeSpace(intent, undefined), async (change, [spaceId = '']) => {
    const { endpoint, keys } = body;
    const existing = await findPushSubscription(change, personId, endpoint);
    if (existing) {
      const { p256dh, auth, ...shown } = existing;
      if (p256dh === keys.p256dh && auth === keys.auth) return shown;
      await remove(change, personId, spaceId, existing.id);
    }
    if ((await countPushSubscriptions(change, personId)) >= pushSubscriptionsPerPersonMax) {
      throw new Problem('conflict', `A person has at most ${pushSubscriptionsPerPersonMax} push subscriptions.`);
    }
    const id = body.id ?? randomUUIDv7();
    const made = await insertPushSubscription(change, {
      id,
      space_id: spaceId,
      version: change.nextVersion(spaceId),
      user_id: personId,
      endpoint,
      ...keys,
      client: intent.client,
      now: change.now,
    }).catch((cause) => {
      if ((cause as { constraint?: string }).constraint !== 'push_subscriptions_pkey') throw cause;
      throw new Problem('conflict', 'The id is taken.', { cause });
    });
    change.append(spaceId, {
      type: 'subscription.created',
      entityId: id,
      snapshot: made,
      changes: changedFields(null, made),
    });
    return made;
  });
}

/** Throws Problem `not_found`. */
export async function unsubscribePush(commands: Commands, intent: PersonIntent, id: string): Promise<void> {
  await runWhere(commands, intent, findHomeSpace(intent, undefined), async (change, [spaceId = '']) => {
    const gone = await remove(change, intent.personId, spaceId, id);
    if (!gone) throw new Problem('not_found', 'There is no such push subscription.');
    return null;
  });
}

async function remove(change: Change, personId: string, spaceId: string, id: string): Promise<boolean> {
  const gone = await deletePushSubscription(change, personId, id);
  if (!gone) return false;
  change.append(spaceId, {
    type: 'subscription.deleted',
    entityId: id,
    snapshot: null,
    changes: changedFields(gone, null),
  });
  return true;
}
