/** Sends a delivery once more that came to its end: redelivering to a webhook, replaying what is dead. The key stays the same. */
import type { AdminDelivery } from '@daymark/core/contract/delivery.ts';
import type { Delivery } from '@daymark/core/contract/notification.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { canonicalInstant } from '@daymark/core/tasks/instant.ts';
import { changedFields } from '@daymark/core/tasks/task-event.ts';
import {
  type DeliveryRow,
  findDelivery,
  holdDeliveries,
  presentDelivery,
  storeDeliveries,
} from '../store/delivery-ledger.ts';
import type { Commands, Intent } from './command.ts';
import { runWhere } from './run-where.ts';

const lifetime_ms = 24 * 3600 * 1000;

const noSuchDelivery = (): Problem => new Problem('not_found', 'There is no such delivery.');

/**
 * On the app login for a person, who has to own it; on the worker login for an administrator or operator. What is on its way already
 * is answered as it is; `states` are those from which it may be sent again. Throws Problem `not_found`, `conflict`.
 */
export function planDeliveryAgain(
  commands: Commands,
  intent: Intent,
  id: string,
  options: { targetId?: string; states: readonly DeliveryRow['state'][] },
): Promise<AdminDelivery> {
  const find = async (sql: Parameters<typeof findDelivery>[0]) => {
    const found = await findDelivery(sql, id);
    if (!found || (options.targetId !== undefined && found.target_id !== options.targetId)) throw noSuchDelivery();
    return [found.space_id];
  };
  return runWhere(commands, intent, find, async (change, [spaceId = '']) => {
    const [before] = await holdDeliveries(change, [id]);
    if (!before) throw noSuchDelivery();
    if (['planned', 'claimed', 'failed'].includes(before.state)) return presentForAdministrator(before);
    if (!options.states.includes(before.state) || before.channel === 'in_app') {
      throw new Problem('conflict', `A delivery that is ${before.state} is not sent again.`);
    }
    if (before.reason === 'channel_off') throw new Problem('conflict', 'The person has turned the channel off.');
    const after = {
      ...before,
      state: 'planned' as const,
      reason: null,
      attempts: 0,
      next_attempt_at: before.clock,
      expires_at: new Date(Date.parse(before.clock) + lifetime_ms).toISOString(),
      provider_id: null,
      sent_at: null,
      version: change.nextVersion(spaceId),
      updated_at: canonicalInstant(before.clock),
    };
    const [was, is]: Delivery[] = [presentDelivery(before), presentDelivery(after)];
    change.append(spaceId, {
      type: 'delivery.queued',
      entityId: id,
      snapshot: is as Delivery,
      changes: changedFields(was as Delivery, is as Delivery),
    });
    change.write(storeDeliveries(change, [after]));
    return presentForAdministrator(after);
  });
}

export const presentForAdministrator = (row: DeliveryRow): AdminDelivery => ({
  ...presentDelivery(row),
  user_id: row.user_id,
});
