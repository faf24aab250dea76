/** What has to be known to hand a claimed delivery over: what is said, to whom, where it goes, and whether it still holds. */
import type { ChannelName } from '@daymark/core/contract/notification.ts';
import type { Sql } from './sql.ts';

export interface HandOverRow {
  readonly id: string;
  readonly space_id: string;
  readonly channel: ChannelName;
  readonly attempts: number;
  readonly created_at: string;
  readonly correlation_id: string | null;
  /** The trace of what it tells of. */
  readonly traceparent: string | null;
  /** How long after it was first due it is handed over. */
  readonly lateness_ms: number;
  /** PostgreSQL's time. */
  readonly clock: string;

  readonly notification_id: string;
  readonly kind: 'reminder' | 'digest' | 'test';
  readonly title: string;
  readonly body: string;
  readonly task_id: string | null;
  readonly reminder_id: string | null;
  readonly round: number | null;
  readonly due_at: string | null;
  readonly due_on: string | null;
  readonly remind_at: string | null;
  readonly late: boolean;

  /** Null where there is no such task. */
  readonly task_title: string | null;
  readonly task_space_id: string | null;
  /** Done, given up, in the trash, or out of the person's reach. */
  readonly task_closed: boolean;

  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly phone_number: string | null;
  readonly timezone: string;
  readonly locale: string;
  readonly account_disabled: boolean;
  /** How many text messages went to the person within a day; 0 on other channels. */
  readonly texts_lately: number;

  /** Of the webhook; null when there is none. */
  readonly webhook: { readonly url: string; readonly secret: string; readonly active: boolean } | null;
  /** Of the push subscription. */
  readonly subscription: { readonly endpoint: string; readonly p256dh: string; readonly auth: string } | null;
}

/** The claimed deliveries of a holder among those named. On the worker login. */
export function readHandOvers(sql: Sql, holder: string, ids: readonly string[]): Promise<HandOverRow[]> {
  return sql.rows<HandOverRow>(
    `select d.id, d.space_id, d.channel, d.attempts, d.created_at, d.traceparent,
       (select e.correlation_id from events e where e.event_id = n.caused_by) as correlation_id,
       (extract(epoch from clock_timestamp() - d.created_at) * 1000)::float8 as lateness_ms, clock_timestamp() as clock,
       n.id as notification_id, n.kind, n.title, n.body, n.task_id, n.reminder_id, n.round, n.due_at, n.due_on, n.remind_at, n.late,
       t.title as task_title, t.space_id as task_space_id,
       n.task_id is not null and (t.id is null or t.status not in ('todo', 'in_progress') or t.deleted_at is not null
         or not exists (select from memberships m where m.space_id = t.space_id and m.user_id = d.user_id)) as task_closed,
       p.id as user_id, p.name, p.email, p.phone_number, p.timezone, p.locale,
       exists (select from auth."user" u where u.id = d.user_id and u.disabled_at is not null) as account_disabled,
       case when d.channel = 'sms' then (select count(*) from deliveries o where o.user_id = d.user_id and o.channel = 'sms'
         and o.state = 'sent' and o.sent_at > clock_timestamp() - interval '1 day') else 0 end as texts_lately,
       case when w.id is not null then json_build_object('url', w.url, 'secret', w.secret, 'active', w.active) end as webhook,
       case when s.id is not null then json_build_object('endpoint', s.endpoint, 'p256dh', s.p256dh, 'auth', s.auth) end
         as subscription
     from deliveries d
     join notifications n on n.id = d.notification_id
     join people p on p.id = d.user_id
     left join tasks t on t.id = n.task_id
     left join webhooks w on d.channel = 'webhook' and w.id = d.target_id
     left join push_subscriptions s on d.channel = 'web_push' and s.id = d.target_id
     where d.id = any($1::uuid[]) and d.state = 'claimed' and d.claimed_by = $2`,
    [ids, holder],
  );
}
