/** What a delivery says, and to whom – or why it is not to be handed over. Pure. */
import type { ChannelName, Message, TargetOf } from '../../ports/channel.ts';
import type { HandOverRow } from '../../store/hand-overs.ts';
import { dueInWords } from './due-words.ts';

export type Prepared<Name extends ChannelName> =
  | { readonly target: TargetOf[Name]; readonly message: Message }
  | { readonly suppressed: string };

/** Text messages cost the operator money, and nobody has shown that the number is theirs. */
const textsPerDayMax = 200;

/** The target of each channel, or the reason why there is none. */
const targets: { readonly [Name in ChannelName]: (row: HandOverRow) => TargetOf[Name] | string } = {
  email: ({ email, name }) => ({ address: email, name }),
  sms: ({ phone_number, texts_lately }) => {
    if (phone_number === null) return 'no_phone_number';
    return texts_lately >= textsPerDayMax ? 'daily_limit' : { number: phone_number };
  },
  web_push: ({ subscription }) => {
    if (!subscription) return 'target_removed';
    const { endpoint, p256dh, auth } = subscription;
    return { endpoint, keys: { p256dh, auth } };
  },
  webhook: ({ webhook }) => {
    if (!webhook) return 'target_removed';
    if (!webhook.active) return 'target_stopped';
    return { url: webhook.url, secret: webhook.secret };
  },
};

/** `origin` is where people reach the server; without it a message has no link. */
export function prepare<Name extends ChannelName>(
  channel: Name,
  row: HandOverRow,
  options: { origin: string | null },
): Prepared<Name> {
  if (row.account_disabled) return { suppressed: 'account_disabled' };
  if (row.kind === 'reminder' && row.task_closed) return { suppressed: 'task_closed' };
  const target = targets[channel](row);
  if (typeof target === 'string') return { suppressed: target };
  return { target, message: messageOf(row, options) };
}

function messageOf(row: HandOverRow, { origin }: { origin: string | null }): Message {
  return {
    key: row.id,
    kind: row.kind,
    subject: row.task_title ?? row.title,
    text: row.kind === 'reminder' ? dueInWords(row, row, row.clock) : row.body,
    url: origin === null ? null : `${origin}/${row.task_id === null ? '' : `tasks/${row.task_id}`}`,
    sentAt: row.created_at,
    data: {
      notification_id: row.notification_id,
      delivery_id: row.id,
      user_id: row.user_id,
      task_id: row.task_id,
      space_id: row.task_space_id,
      reminder_id: row.reminder_id,
      round: row.round,
      due_at: row.due_at,
      due_on: row.due_on,
      remind_at: row.remind_at,
      late: row.late,
    },
  };
}
