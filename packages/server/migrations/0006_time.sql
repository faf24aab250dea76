-- Time: series and their instances, reminders, notifications and the ledger of deliveries.
-- Wall time, zone and rule are the truth; instants are derived by the program and carry the tz data version they were derived with.

alter table tasks
  -- Which instance of its series a task is: 1, 2, 3, …
  add column occurrence integer,
  -- The recurrence as the API shows it, as it was when the instance was made. Null for what does not repeat (any more).
  -- json, not jsonb: it is answered in the order in which it was written.
  add column recurrence json,
  -- The wall time of due_at, as the rule or the person meant it: YYYY-MM-DDTHH:MM:SS.
  add column due_local text,
  -- A floating task is due at its wall time wherever the person is.
  add column floating boolean not null default false,
  -- The tz data with which due_at was derived from due_local.
  add column tz_version text;

create table series (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  version bigint not null,
  rrule text not null,
  mode text not null check (mode in ('on_completion', 'on_schedule', 'after_completion')),
  missed text not null check (missed in ('all', 'latest', 'none')),
  floating boolean not null,
  timezone text not null,
  -- Where the rule begins: a local time, or a date for all-day tasks; and the instance that stands there.
  starts text not null,
  starts_occurrence integer not null,
  exdates text[] not null default '{}',
  rdates text[] not null default '{}',
  state text not null check (state in ('live', 'ended', 'stopped')),
  -- The newest instance that was made, and the nominal local time it stands for.
  last_occurrence integer not null,
  last_nominal text not null,
  -- on_schedule: when the newest instance's time comes and the one after it is due to be made. Null while the series rests, because
  -- its newest instance is in the trash.
  advance_at timestamptz(3),
  -- What each new instance begins with: title, notes, priority, list_id, parent_id, tag_ids, assignee_id.
  template jsonb not null,
  created_by uuid not null references people (id),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  unique (space_id, id)
);
-- Serves: the sweep over schedules whose next instance is due to be made.
create index series_to_advance on series (advance_at) where state = 'live' and advance_at is not null;

-- The history of a series: what became of each instance. What was passed over never was a task and has no number.
create table occurrences (
  id uuid primary key,
  space_id uuid not null,
  series_id uuid not null,
  occurrence integer,
  -- The rule's own local time or date.
  nominal text not null,
  task_id uuid,
  state text not null check (state in ('open', 'completed', 'skipped', 'cancelled', 'missed', 'withdrawn')),
  -- The instance whose closing made this one.
  predecessor integer,
  closed_at timestamptz(3),
  created_at timestamptz(3) not null,
  foreign key (space_id, series_id) references series (space_id, id)
);
-- I3: an instance has one successor, whatever is retried, doubled or reordered. An instance that was withdrawn by reopening
-- its predecessor leaves its number to the next one.
create unique index occurrences_once on occurrences (series_id, occurrence) where state <> 'withdrawn';
-- Serves: what the closing of an instance made, when it is reopened; the open instances of a series.
create index occurrences_by_predecessor on occurrences (series_id, predecessor) where state <> 'withdrawn';
create index occurrences_open on occurrences (series_id, occurrence) where state = 'open';
create unique index occurrences_missed_once on occurrences (series_id, nominal) where state = 'missed';
-- Serves: the history of a series, the latest date first.
create index occurrences_by_series on occurrences (series_id, nominal desc, id desc);
create unique index tasks_occurrence_once on tasks (series_id, occurrence) where series_id is not null;

-- Serves: the tasks that follow a person to another zone.
create index tasks_floating on tasks (coalesce(assignee_id, created_by))
  where floating and status = any ('{todo,in_progress}'::text[]) and deleted_at is null;
-- Serves: the instants that were derived with other tz data than the program has.
create index tasks_tz_version on tasks (tz_version, space_id)
  where due_local is not null and status = any ('{todo,in_progress}'::text[]);

-- Tasks that a module has yet to look at, because an event said that something changed. Written in the transaction that records the
-- event, removed in the transaction of what follows from it.
create table task_checks (
  module text not null,
  task_id uuid not null,
  space_id uuid not null,
  event_id uuid not null,
  correlation_id text not null,
  noted_at timestamptz(3) not null default now(),
  primary key (module, task_id)
);
-- Serves: the oldest checks of a module.
create index task_checks_oldest on task_checks (module, noted_at, task_id);

-- A reminder belongs to one person and lies in that person's personal space, wherever its task is.
create table reminders (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  version bigint not null,
  user_id uuid not null references people (id) on delete cascade,
  task_id uuid not null,
  task_space_id uuid not null,
  -- offset: before the due time; at: an absolute moment; snooze: a notification put off; none: this person wants none on this task.
  kind text not null check (kind in ('offset', 'at', 'snooze', 'none')),
  origin text not null check (origin in ('own', 'default', 'inherited')),
  offset_minutes integer,
  at timestamptz(3),
  -- When it is to remind, derived with tz_version; null while the task has no due time.
  remind_at timestamptz(3),
  -- When the sweeper takes it: remind_at, or later when quiet hours hold it back.
  fire_at timestamptz(3),
  -- The due date that remind_at was derived from, an instant or a date: when it is another one, the task was moved.
  due text,
  tz_version text,
  -- Counts how often it was planned anew after it had fired: a due date that is moved reminds again.
  round integer not null default 1,
  state text not null check (state in ('waiting', 'planned', 'due', 'cancelled', 'suppressed', 'removed')),
  reason text,
  fired_at timestamptz(3),
  late boolean not null default false,
  -- The event that planned it last: the next link of "why did I get this?".
  planned_by uuid,
  -- Ties the firing to the request that planned it.
  correlation_id text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check ((kind = 'offset') = (offset_minutes is not null)),
  check (state <> 'planned' or fire_at is not null)
);
create unique index reminders_offset_once on reminders (task_id, user_id, offset_minutes) where kind = 'offset';
create unique index reminders_at_once on reminders (task_id, user_id, at) where kind = 'at';
create unique index reminders_none_once on reminders (task_id, user_id) where kind = 'none';
-- Serves: what is due, and the nearest that will be.
create index reminders_due on reminders (fire_at, space_id) where state = 'planned';
-- Serves: what is due in a space whose lock is held.
create index reminders_due_in_space on reminders (space_id, fire_at, id) where state = 'planned';
-- Serves: the reminders of a task.
create index reminders_by_task on reminders (task_id, user_id);
-- Serves: the snapshot of a personal space, and what a change of the profile moves.
create index reminders_of_space on reminders (space_id, id);

-- What the person is told: the in-app inbox. One for each firing of a reminder.
create table notifications (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  version bigint not null,
  user_id uuid not null references people (id) on delete cascade,
  kind text not null check (kind in ('reminder', 'digest', 'test')),
  title text not null,
  -- What is said below the title; a digest has several lines.
  body text not null default '',
  task_id uuid,
  reminder_id uuid,
  round integer,
  -- A digest's day, so that there is one a day.
  day date,
  due_at timestamptz(3),
  due_on date,
  remind_at timestamptz(3),
  late boolean not null default false,
  -- Whether the person wanted it in the application.
  in_app boolean not null,
  -- The event that made it.
  caused_by uuid,
  read_at timestamptz(3),
  snoozed_until timestamptz(3),
  created_at timestamptz(3) not null
);
create unique index notifications_once on notifications (reminder_id, round) where reminder_id is not null;
create unique index notifications_digest_once on notifications (user_id, day) where kind = 'digest';
-- Serves: the inbox, newest first, and its unread count.
create index notifications_inbox on notifications (user_id, created_at desc, id desc) where in_app;
create index notifications_unread on notifications (user_id) where in_app and read_at is null;
create index notifications_of_space on notifications (space_id, id);

-- The ledger (I4): one row for each recipient, notification, channel and target; its id is the idempotency key towards the provider.
-- Space and person are those of the notification, whose own references hold for both: there are several rows for each firing.
create table deliveries (
  id uuid primary key,
  space_id uuid not null,
  version bigint not null,
  user_id uuid not null,
  notification_id uuid not null references notifications (id) on delete cascade,
  channel text not null check (channel in ('in_app', 'web_push', 'email', 'sms', 'webhook')),
  -- The subscription or webhook it goes to; the nil UUID where the channel has one target only.
  target_id uuid not null default '00000000-0000-0000-0000-000000000000',
  state text not null check (state in ('planned', 'claimed', 'sent', 'failed', 'dead', 'suppressed')),
  reason text,
  attempts integer not null default 0,
  next_attempt_at timestamptz(3) default now(),
  -- When it is given up, however often it was tried.
  expires_at timestamptz(3) not null default now() + interval '1 day',
  -- A claim ends by itself when its holder does not come back.
  claimed_until timestamptz(3),
  claimed_by uuid,
  provider_id text,
  sent_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  -- What waits says since when or until when, or nobody would ever take it.
  check (state not in ('planned', 'failed') or next_attempt_at is not null)
);
create unique index deliveries_once on deliveries (notification_id, channel, target_id);
-- Serves: what is to be handed over now: new, to be tried again, or left by a holder that is gone.
create index deliveries_waiting on deliveries (channel, next_attempt_at) where state in ('planned', 'failed');
create index deliveries_claimed on deliveries (channel, claimed_until) where state = 'claimed';
create index deliveries_dead on deliveries (updated_at desc, id) where state = 'dead';
-- Serves: how many text messages went to a person lately.
create index deliveries_texts on deliveries (user_id, sent_at) where channel = 'sms' and state = 'sent';
create index deliveries_by_target on deliveries (target_id, created_at desc) where target_id <> '00000000-0000-0000-0000-000000000000';

create table push_subscriptions (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  version bigint not null,
  user_id uuid not null references people (id) on delete cascade,
  endpoint text not null,
  -- What a slow or dead one is known by, so that it delays nobody else: host and port, found as in URLs of browsers, so that nobody
  -- passes for another's.
  host text not null generated always as (lower(split_part(substring(endpoint from '^[A-Za-z]+:[/\\]*([^/\\?#]*)'), '@', -1))) stored,
  p256dh text not null,
  auth text not null,
  client text,
  created_at timestamptz(3) not null,
  unique (user_id, endpoint)
);

create table webhooks (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  version bigint not null,
  user_id uuid not null references people (id) on delete cascade,
  name text not null,
  url text not null,
  host text not null generated always as (lower(split_part(substring(url from '^[A-Za-z]+:[/\\]*([^/\\?#]*)'), '@', -1))) stored,
  secret text not null,
  active boolean not null default true,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index webhooks_of_person on webhooks (user_id, created_at, id);

-- Mail that is not a notification: password resets, invitations. What it says is erased once it was handed over. The text of a
-- password reset is made when it is sent, so that a request is the same work whether there is such an account or not.
create table outgoing_mails (
  id uuid primary key,
  kind text not null check (kind in ('password_reset', 'invitation')),
  address text not null,
  -- Who had it sent; null where nobody was signed in.
  asked_by uuid references people (id) on delete cascade,
  content json,
  state text not null check (state in ('planned', 'claimed', 'sent', 'failed', 'dead', 'suppressed')),
  reason text,
  attempts integer not null default 0,
  next_attempt_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null default now() + interval '1 day',
  claimed_until timestamptz(3),
  claimed_by uuid,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index outgoing_mails_waiting on outgoing_mails (next_attempt_at) where state in ('planned', 'failed');
create index outgoing_mails_claimed on outgoing_mails (claimed_until) where state = 'claimed';
-- Serves: how many were asked for to one address lately.
create index outgoing_mails_by_address on outgoing_mails (address, created_at);
create index outgoing_mails_by_person on outgoing_mails (asked_by, created_at) where asked_by is not null;

-- How many mails went to an address, and at a person's wish, since a moment: for the limits, which nobody who asks may look behind.
create function mails_since(to_address text, person uuid, since timestamptz)
  returns table (of_address bigint, of_person bigint)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select (select count(*) from outgoing_mails where address = to_address and created_at > since),
               (select count(*) from outgoing_mails where asked_by = person and created_at > since) $$;
revoke all on function mails_since(text, uuid, timestamptz) from public;
grant execute on function mails_since(text, uuid, timestamptz) to daymark_app, daymark_auth;

-- Keys that the program makes for itself at first start, such as the pair of Web Push.
create table program_keys (
  name text primary key,
  public_part text not null,
  secret_part text not null,
  created_at timestamptz not null default now()
);

alter table people
  -- The local time of the daily digest by e-mail; null for none.
  add column digest_time text,
  add column phone_number text,
  -- When the next digest is due.
  add column digest_at timestamptz(3);
create index people_digest_due on people (digest_at) where digest_at is not null;

grant update (digest_time, phone_number, digest_at) on people to daymark_app;
grant select, insert, update, delete on series, occurrences to daymark_app;
grant select, insert, update, delete on reminders, push_subscriptions, webhooks to daymark_app;
grant select, insert, update on notifications, deliveries to daymark_app;
grant insert on outgoing_mails to daymark_app, daymark_auth;
grant select (name, public_part) on program_keys to daymark_app;
grant select, insert, update, delete on
  series, occurrences, task_checks, reminders, notifications, deliveries, push_subscriptions, webhooks, outgoing_mails, program_keys
  to daymark_worker;

do $$
declare
  name text;
begin
  foreach name in array array['series', 'occurrences'] loop
    execute format('create policy app_reads on %I for select to daymark_app using (space_id in (select my_spaces()))', name);
    execute format('create policy app_creates on %I for insert to daymark_app with check (space_id in (select my_writable_spaces()))', name);
    execute format('create policy app_changes on %I for update to daymark_app using (space_id in (select my_writable_spaces()))', name);
    execute format('create policy app_removes on %I for delete to daymark_app using (space_id in (select my_writable_spaces()))', name);
  end loop;
  -- What one person alone may see, in that person's own space.
  foreach name in array array['reminders', 'notifications', 'deliveries', 'push_subscriptions', 'webhooks'] loop
    execute format('create policy app_own on %I for all to daymark_app using (user_id = (select current_person()))
      with check (user_id = (select current_person()) and space_id in (select my_owned_spaces()))', name);
  end loop;
  foreach name in array array['series', 'occurrences', 'reminders', 'notifications', 'deliveries', 'push_subscriptions', 'webhooks'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy worker_all on %I for all to daymark_worker using (true) with check (true)', name);
    execute format('create policy owner_all on %I for all to current_user using (true) with check (true)', name);
  end loop;
end $$;
