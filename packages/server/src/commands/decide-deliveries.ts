/** The one decision to send: through which channels a person is told of a notification, and why not through the others. */
import { randomUUIDv7 } from 'node:crypto';
import type { ChannelName, Notification } from '@daymark/core/contract/notification.ts';
import { type NewDelivery, noTarget, type Reach } from '../store/deliveries.ts';

type Told = Pick<Notification, 'id' | 'space_id' | 'version'> & { readonly user_id: string };

export interface DecisionAround {
  /** Channels that this installation cannot send by. */
  readonly unconfigured?: ReadonlySet<ChannelName>;
  /** The trace in which the rows are handed over. */
  readonly traceparent: string | null;
}

/** One row for each target of each of the channels; where a channel is off or reaches nobody, one row that says so. */
export function decideDeliveries(
  told: Told,
  reach: Reach,
  channels: readonly ChannelName[],
  { unconfigured, traceparent }: DecisionAround,
): NewDelivery[] {
  const line = (
    channel: ChannelName,
    target_id: string,
    state: NewDelivery['state'],
    reason: string | null = null,
  ) => ({
    id: randomUUIDv7(),
    space_id: told.space_id,
    version: told.version,
    user_id: told.user_id,
    notification_id: told.id,
    channel,
    target_id,
    state,
    reason,
    traceparent,
  });
  return channels.flatMap((channel) => {
    if (!reach.channels[channel]) return [line(channel, noTarget, 'suppressed', 'channel_off')];
    if (channel === 'in_app') return [line(channel, noTarget, 'sent')];
    // Known at once, so that nobody has to find it out row by row.
    if (unconfigured?.has(channel)) return [line(channel, noTarget, 'suppressed', 'not_configured')];
    const targets = targetsOf(reach, channel);
    if (targets.length === 0) return [line(channel, noTarget, 'suppressed', 'no_target')];
    return targets.map((target) => line(channel, target, 'planned'));
  });
}

function targetsOf(reach: Reach, channel: Exclude<ChannelName, 'in_app'>): readonly string[] {
  if (channel === 'web_push') return reach.push_ids;
  if (channel === 'webhook') return reach.webhook_ids;
  const address = channel === 'email' ? reach.email : reach.phone_number;
  return address ? [noTarget] : [];
}
