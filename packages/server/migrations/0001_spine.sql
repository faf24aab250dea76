-- Spaces, people, tasks and the event log.
--
-- Four group roles carry the rights; the logins of one installation are members of them (see store/logins.ts):
--   daymark_app     serves requests, under forced row-level security, as the person in daymark.person_id
--   daymark_worker  sweepers and event handlers, every space
--   daymark_auth    better-auth's tables and nothing else
--   daymark_audit   writes and reads the audit log, reads events

do $$
begin
  if not exists (select from pg_roles where rolname = 'daymark_app') then create role daymark_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'daymark_worker') then create role daymark_worker nologin; end if;
  if not exists (select from pg_roles where rolname = 'daymark_auth') then create role daymark_auth nologin; end if;
  if not exists (select from pg_roles where rolname = 'daymark_audit') then create role daymark_audit nologin; end if;
end $$;

revoke all on schema public from public;
grant usage on schema public to daymark_app, daymark_worker, daymark_auth, daymark_audit;

-- Epochs: transaction ids and versions restart or repeat after a restore, so positions in the log carry an epoch.
create table epochs (
  epoch integer primary key,
  opened_at timestamptz not null default now(),
  reason text not null,
  system_identifier text not null,
  timeline integer not null
);

create table people (
  id uuid primary key,
  name text not null,
  email text not null,
  timezone text not null default 'UTC',
  locale text not null default 'en',
  week_start text not null default 'monday',
  default_reminder_minutes integer,
  all_day_reminder_time text not null default '09:00',
  quiet_hours jsonb,
  channels jsonb not null default '{"in_app": true, "web_push": true, "email": true, "sms": false, "webhook": false}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table spaces (
  id uuid primary key,
  kind text not null check (kind in ('personal', 'shared')),
  name text not null,
  created_by uuid not null references people (id),
  -- The head of the space's event chain: the newest event's version and hash.
  head_version bigint not null default 0,
  head_hash bytea not null default '\x',
  version bigint not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
-- Serves: the personal space of a person, and that there is one only.
create unique index spaces_personal on spaces (created_by) where kind = 'personal';

create table memberships (
  space_id uuid not null references spaces (id),
  user_id uuid not null references people (id),
  role text not null check (role in ('owner', 'editor', 'viewer')),
  joined_at timestamptz(3) not null default now(),
  primary key (space_id, user_id)
);
-- Serves: the spaces of a person, at every request.
create index memberships_user on memberships (user_id, space_id);

create table lists (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  version bigint not null,
  name text not null,
  kind text not null check (kind in ('inbox', 'list')),
  colour text not null,
  position text collate "C" not null,
  archived_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  unique (space_id, id)
);
create unique index lists_inbox on lists (space_id) where kind = 'inbox';
-- Serves: the lists of a space in order.
create index lists_in_order on lists (space_id, position, id);

create table tags (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  version bigint not null,
  name text not null,
  -- The name folded for comparison: NFKC, lower case.
  name_key text not null,
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  unique (space_id, name_key),
  unique (space_id, id)
);

create table tasks (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  version bigint not null,
  title text not null,
  notes text not null default '',
  status text not null check (status in ('todo', 'in_progress', 'completed', 'cancelled')),
  -- 3 high, 2 medium, 1 low
  priority smallint check (priority between 1 and 3),
  due_at timestamptz(3),
  due_on date,
  -- Where the task stands on a line of time: the instant, or the day's start in the task's zone (derived by the program).
  due_sort timestamptz(3),
  timezone text not null,
  start_at timestamptz(3),
  list_id uuid not null,
  parent_id uuid,
  position text collate "C" not null,
  assignee_id uuid references people (id),
  -- The series of a task that repeats.
  series_id uuid,
  created_by uuid not null references people (id),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  completed_at timestamptz(3),
  deleted_at timestamptz(3),
  check (due_at is null or due_on is null),
  unique (space_id, id),
  foreign key (space_id, list_id) references lists (space_id, id),
  foreign key (space_id, parent_id) references tasks (space_id, id)
);
-- Serves: the tasks of a space that repeat.
create index tasks_recurring on tasks (space_id, series_id) where series_id is not null;
-- Serves: sub-tasks of a task.
create index tasks_by_parent on tasks (parent_id) where parent_id is not null;

create table task_tags (
  task_id uuid not null,
  tag_id uuid not null,
  space_id uuid not null,
  primary key (task_id, tag_id),
  foreign key (space_id, task_id) references tasks (space_id, id) on delete cascade,
  foreign key (space_id, tag_id) references tags (space_id, id)
);
-- Serves: tasks with a tag, and how often a tag is used.
create index task_tags_by_tag on task_tags (space_id, tag_id, task_id);

-- The event log. The header is permanent and chained by hash; what it says lies in event_payloads and can be erased.
create table events (
  space_id uuid not null references spaces (id),
  version bigint not null,
  epoch integer not null,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint not null generated always as identity,
  event_id uuid not null unique,
  event_type text not null,
  schema_version smallint not null,
  entity text not null,
  entity_id uuid not null,
  operation_id uuid not null,
  actor_type text not null,
  actor_id uuid,
  correlation_id text not null,
  causation_id uuid,
  recorded_at timestamptz(3) not null,
  payload_digest bytea not null,
  hash bytea not null,
  primary key (space_id, version)
);
-- Serves: consumers, which read beyond their cursor in the order of commits.
create index events_in_commit_order on events (epoch, xid, seq);
-- Serves: the history of a task.
create index events_by_entity on events (entity_id, version);

create table event_payloads (
  event_id uuid primary key references events (event_id),
  space_id uuid not null,
  salt bytea,
  -- json, not jsonb: the digest is over these very bytes.
  payload json,
  erased_at timestamptz(3)
);

-- Where verification of a space's chain starts when its older events were dropped.
create table chain_anchors (
  space_id uuid primary key references spaces (id),
  version bigint not null,
  hash bytea not null
);

create table idempotency_keys (
  user_id uuid not null references people (id) on delete cascade,
  key text not null,
  fingerprint bytea not null,
  answer json not null,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
-- Serves: the hourly removal of keys older than a day.
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- Each consumer's place in the log, moved in the transaction of its effect.
create table consumer_cursors (
  consumer text primary key,
  epoch integer not null,
  xid xid8 not null,
  seq bigint not null,
  updated_at timestamptz not null default now()
);

-- Functions that run as their owner name pg_temp last in their search path: else a temporary table of the caller's would come first.

-- Who asks: set for one transaction only; a pooled connection without it sees no row.
create function current_person() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('daymark.person_id', true), '')::uuid $$;

create function my_spaces() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select space_id from memberships where user_id = current_person() $$;

create function my_writable_spaces() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select space_id from memberships where user_id = current_person() and role in ('owner', 'editor') $$;

create function my_owned_spaces() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select space_id from memberships where user_id = current_person() and role = 'owner' $$;

-- A space that its maker is just making: it has no member yet.
create function is_my_new_space(space uuid) returns boolean language sql stable security definer set search_path = public, pg_temp
  as $$ select exists (select from spaces where id = space and created_by = current_person())
      and not exists (select from memberships where space_id = space) $$;

create function my_companions() returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select user_id from memberships where space_id in (select my_spaces()) $$;

revoke all on function my_spaces(), my_writable_spaces(), my_owned_spaces(), is_my_new_space(uuid), my_companions() from public;
grant execute on function my_spaces(), my_writable_spaces(), my_owned_spaces(), is_my_new_space(uuid), my_companions()
  to daymark_app, daymark_worker;
grant execute on function current_person() to daymark_app, daymark_worker, daymark_auth, daymark_audit;

grant select on epochs to daymark_worker, daymark_audit;
-- Whatever a request may get to say, who somebody is, whose a space is and who is in it are not among the columns it may change.
grant select, update (name, timezone, locale, week_start, default_reminder_minutes, all_day_reminder_time, quiet_hours, channels,
  updated_at) on people to daymark_app;
grant select, insert, update (name, head_version, head_hash, version, updated_at) on spaces to daymark_app;
grant select, insert, update (role), delete on memberships to daymark_app;
grant select, insert, update, delete on lists, tags, tasks, task_tags to daymark_app;
-- Without xid, which orders the log: it is the transaction's own, always.
grant select, insert (space_id, version, epoch, event_id, event_type, schema_version, entity, entity_id, operation_id, actor_type,
  actor_id, correlation_id, causation_id, recorded_at, payload_digest, hash) on events to daymark_app, daymark_worker;
grant select, insert on event_payloads to daymark_app;
grant select, insert, update on idempotency_keys to daymark_app;

grant select, insert, update, delete on
  people, spaces, memberships, lists, tags, tasks, task_tags, idempotency_keys, consumer_cursors, chain_anchors
  to daymark_worker;
grant select, insert on event_payloads to daymark_worker;
grant update (salt, payload, erased_at) on event_payloads to daymark_worker;

grant select on events, event_payloads, chain_anchors, spaces, people, memberships to daymark_audit;

alter table people enable row level security;
alter table people force row level security;
alter table spaces enable row level security;
alter table spaces force row level security;
alter table memberships enable row level security;
alter table memberships force row level security;
alter table lists enable row level security;
alter table lists force row level security;
alter table tags enable row level security;
alter table tags force row level security;
alter table tasks enable row level security;
alter table tasks force row level security;
alter table task_tags enable row level security;
alter table task_tags force row level security;
alter table events enable row level security;
alter table events force row level security;
alter table event_payloads enable row level security;
alter table event_payloads force row level security;
alter table chain_anchors enable row level security;
alter table chain_anchors force row level security;
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;

create policy app_reads on people for select to daymark_app
  using (id = (select current_person()) or id in (select my_companions()));
create policy app_changes on people for update to daymark_app using (id = (select current_person()));

create policy app_reads on spaces for select to daymark_app
  using (id in (select my_spaces()) or is_my_new_space(id));
create policy app_creates on spaces for insert to daymark_app with check (created_by = (select current_person()));
-- Any member's change moves the head of the chain; the trigger below leaves the name to owners.
create policy app_changes on spaces for update to daymark_app using (id in (select my_spaces()) or is_my_new_space(id));

create policy app_reads on memberships for select to daymark_app using (space_id in (select my_spaces()));
create policy app_adds on memberships for insert to daymark_app
  with check (user_id = (select current_person()) and role = 'owner' and is_my_new_space(space_id));
create policy app_changes on memberships for update to daymark_app using (space_id in (select my_owned_spaces()));
create policy app_removes on memberships for delete to daymark_app
  using (space_id in (select my_owned_spaces()) or user_id = (select current_person()));

create policy app_reads on events for select to daymark_app using (space_id in (select my_spaces()));
-- In their own name; a viewer tells of nothing but the own membership, which shows a new name of theirs.
create policy app_appends on events for insert to daymark_app
  with check (actor_id = (select current_person()) and (space_id in (select my_writable_spaces())
    or entity = 'member' and entity_id = actor_id and space_id in (select my_spaces())));
create policy app_reads on event_payloads for select to daymark_app using (space_id in (select my_spaces()));
create policy app_appends on event_payloads for insert to daymark_app with check (space_id in (select my_spaces()));

create policy app_own on idempotency_keys for all to daymark_app using (user_id = (select current_person()));

do $$
declare
  name text;
begin
  -- What editors write. Four policies and not one for all, or each read would evaluate two.
  foreach name in array array['lists', 'tags', 'tasks', 'task_tags'] loop
    execute format('create policy app_reads on %I for select to daymark_app using (space_id in (select my_spaces()))', name);
    execute format('create policy app_creates on %I for insert to daymark_app with check (space_id in (select my_writable_spaces()))', name);
    execute format('create policy app_changes on %I for update to daymark_app using (space_id in (select my_writable_spaces()))', name);
    execute format('create policy app_removes on %I for delete to daymark_app using (space_id in (select my_writable_spaces()))', name);
  end loop;
  foreach name in array array['people', 'spaces', 'memberships', 'lists', 'tags', 'tasks', 'task_tags', 'events',
                              'event_payloads', 'chain_anchors', 'idempotency_keys'] loop
    execute format('create policy worker_all on %I for all to daymark_worker using (true) with check (true)', name);
    -- The functions above run as their owner, whom forced row-level security binds too unless it is a superuser.
    execute format('create policy owner_all on %I for all to current_user using (true) with check (true)', name);
  end loop;
  foreach name in array array['people', 'spaces', 'memberships', 'events', 'event_payloads', 'chain_anchors'] loop
    execute format('create policy audit_reads on %I for select to daymark_audit using (true)', name);
  end loop;
end $$;

create function refuse_renaming_by_others() returns trigger language plpgsql as $$
begin
  -- The program itself acts for nobody.
  if current_person() is not null and new.id not in (select my_owned_spaces()) then
    raise exception 'only an owner renames a space' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger refuse_renaming_by_others before update on spaces for each row
  when (old.name <> new.name) execute function refuse_renaming_by_others();
