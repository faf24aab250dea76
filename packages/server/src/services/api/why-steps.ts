/** `GET /notifications/{id}/why`: the chain from a change to its deliveries, told from the log and the ledger. */
import type { Notification, Why, WhyStep } from '@daymark/core/contract/notification.ts';
import { deliveriesOf, type LedgerTimes } from '../../store/deliveries.ts';
import { type ChainedEvent, eventsBehind, eventsOfReminder } from '../../store/event-chain.ts';
import type { Sql } from '../../store/sql.ts';

/** A reminder that was moved very often shows its latest moves. */
const reminderEventsMax = 50;
const eventsMax = 200;
const deliveriesMax = 100;

export async function explain(sql: Sql, notification: Notification, causedBy: string | null): Promise<Why> {
  const own = await eventsOfThisRound(sql, notification, causedBy);
  const [events, deliveries] = await Promise.all([
    own.length === 0 ? [] : eventsBehind(sql, own, eventsMax),
    deliveriesOf(sql, notification.id, deliveriesMax),
  ]);
  const told = events.map((event) => stepOf(event, notification)).sort(asItHappened);
  return { notification, steps: [...told, ...deliveries.map(deliveryStep)] };
}

/** Of one moment, as one thing follows from the other. */
const order: readonly WhyStep['kind'][] = ['change', 'series', 'planned', 'held', 'due', 'delivery'];

const asItHappened = (a: WhyStep, b: WhyStep): number =>
  Date.parse(a.at) - Date.parse(b.at) || order.indexOf(a.kind) - order.indexOf(b.kind);

/** The event that made the notification and those that planned it, back to where the reminder reminded before. */
async function eventsOfThisRound(sql: Sql, notification: Notification, causedBy: string | null): Promise<string[]> {
  if (causedBy === null) return [];
  if (notification.reminder_id === null) return [causedBy];
  const until = { eventId: causedBy, limit: reminderEventsMax };
  const events = await eventsOfReminder(sql, notification.reminder_id, until);
  const earlier = events.findIndex(
    ({ event_id, event_type }) => event_type === 'reminder.due' && event_id !== causedBy,
  );
  return (earlier === -1 ? events : events.slice(0, earlier)).map(({ event_id }) => event_id);
}

function stepOf(event: ChainedEvent, notification: Notification): WhyStep {
  return {
    kind: kindOf(event),
    at: event.recorded_at,
    text: wordsOf(event, notification),
    event_id: event.event_id,
    event_type: event.event_type,
    actor_name: event.actor_name,
    channel: null,
    state: null,
  };
}

function kindOf({ event_type, entity, actor_type, payload }: ChainedEvent): WhyStep['kind'] {
  if (event_type === 'reminder.due' || event_type === 'notification.created') return 'due';
  if (entity === 'reminder') return payload?.snapshot?.reason === 'quiet_hours' ? 'held' : 'planned';
  const isInstance = event_type === 'task.created' && actor_type === 'system';
  return isInstance || entity === 'series' || entity === 'occurrence' ? 'series' : 'change';
}

const verbs: Readonly<Record<string, string>> = {
  'task.created': 'made the task',
  'task.updated': 'changed the task',
  'task.completed': 'completed the task',
  'task.reopened': 'opened the task again',
  'task.cancelled': 'cancelled the task',
  'task.restored': 'took the task out of the trash',
  'task.moved': 'moved the task',
  'user.updated': 'changed the profile',
};

function wordsOf(event: ChainedEvent, notification: Notification): string {
  const { event_type, payload } = event;
  const snapshot = payload?.snapshot ?? {};
  if (event_type === 'reminder.due') return `The reminder ${latenessOf(snapshot)}`;
  if (event_type === 'notification.created')
    return notification.kind === 'digest' ? 'The daily digest was made' : 'It was made';
  if (event.entity === 'reminder') return reminderWords(event_type, snapshot);
  if (kindOf(event) === 'series' && event_type === 'task.created') {
    return `The next instance of the series was made${dueWords(snapshot)}`;
  }
  const who = event.actor_name ?? 'Daymark';
  const client = payload?.client ? `, with ${payload.client}` : '';
  return `${who} ${verbs[event_type] ?? event_type}${dueWords(snapshot)}${client}`;
}

function dueWords(snapshot: Record<string, unknown>): string {
  const due = snapshot.due_at ?? snapshot.due_on;
  return typeof due === 'string' ? `, due ${due}` : '';
}

function reminderWords(type: string, snapshot: Record<string, unknown>): string {
  const at = typeof snapshot.remind_at === 'string' ? ` for ${snapshot.remind_at}` : '';
  if (snapshot.reason === 'quiet_hours') return `The reminder${at} was held until quiet hours end`;
  if (type === 'reminder.moved') return `The reminder was moved${at.replace(' for', ' to')}`;
  return type === 'reminder.planned' ? `The reminder was planned${at}` : 'The reminder was called off';
}

function latenessOf(snapshot: Record<string, unknown>): string {
  const { remind_at, fired_at } = snapshot;
  if (typeof remind_at !== 'string' || typeof fired_at !== 'string') return 'fell due';
  const late_ms = Date.parse(fired_at) - Date.parse(remind_at);
  return `fell due at ${remind_at} and came ${late_ms} ms later`;
}

function deliveryStep(
  line: LedgerTimes & { channel: NonNullable<WhyStep['channel']>; reason: string | null },
): WhyStep {
  const tries = line.attempts > 1 ? ` after ${line.attempts} tries` : '';
  const reason = line.reason === null ? '' : `: ${line.reason}`;
  return {
    kind: 'delivery',
    at: line.sent_at ?? line.updated_at,
    text: `${line.channel} ${line.state}${tries}${reason}`,
    event_id: null,
    event_type: null,
    actor_name: null,
    channel: line.channel,
    state: line.state,
  };
}
