-- Consumers of the event log: their failures and dead letters; and the audit log.
--
-- The audit log is filed by a consumer of its own on the login daymark_audit, which may add and read entries but neither change
-- nor remove them. Whole days go when they are older than the retention, through a function that only the owner's setting steers.

create function i_am_administrator() returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$ select exists (select from auth."user" where id = public.current_person() and is_administrator and disabled_at is null) $$;
revoke all on function i_am_administrator() from public;
grant execute on function i_am_administrator() to daymark_app;

-- The event at which a consumer failed and which it will try again. It survives a restart, so that tries are never counted anew.
create table consumer_failures (
  consumer text not null,
  event_id uuid not null,
  attempts integer not null,
  error text not null,
  first_failed_at timestamptz(3) not null default now(),
  next_try_at timestamptz(3) not null,
  primary key (consumer, event_id)
);

-- Events that a consumer gave up. The event itself stays in the log, so that an erased payload is erased here too.
create table dead_letters (
  id uuid primary key,
  consumer text not null,
  event_id uuid not null,
  space_id uuid not null,
  version bigint not null,
  event_type text not null,
  -- Without text of the payload.
  error text not null,
  attempts integer not null,
  first_failed_at timestamptz(3) not null,
  died_at timestamptz(3) not null default now(),
  replay_requested_at timestamptz(3),
  -- The administrator who asked; null for the command line.
  replay_requested_by uuid,
  replays_failed integer not null default 0,
  replayed_at timestamptz(3),
  unique (consumer, event_id)
);
-- Serves: the list of dead letters, newest first.
create index dead_letters_by_age on dead_letters (died_at, id);
-- Serves: a consumer's look for requests, at every turn.
create index dead_letters_to_replay on dead_letters (consumer, replay_requested_at)
  where replay_requested_at is not null and replayed_at is null;

grant select, insert, update, delete on consumer_failures, dead_letters to daymark_worker;
grant select, insert, update on consumer_cursors to daymark_audit;
grant select, insert, update, delete on consumer_failures to daymark_audit;
grant select, insert on dead_letters to daymark_audit;
grant update (error, replay_requested_at, replays_failed, replayed_at) on dead_letters to daymark_audit;
grant select on dead_letters to daymark_app;
grant update (replay_requested_at, replay_requested_by) on dead_letters to daymark_app;

do $$
declare
  name text;
begin
  foreach name in array array['consumer_cursors', 'consumer_failures', 'dead_letters'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy worker_all on %I for all to daymark_worker using (true) with check (true)', name);
    execute format('create policy owner_all on %I for all to current_user using (true) with check (true)', name);
    execute format('create policy audit_own on %I for all to daymark_audit using (consumer = %L) with check (consumer = %L)',
      name, 'audit', 'audit');
  end loop;
end $$;
create policy administrator_reads on dead_letters for select to daymark_app using ((select i_am_administrator()));
create policy administrator_asks on dead_letters for update to daymark_app using ((select i_am_administrator()));

-- How far each consumer is behind. Counting stops at lag_max.
create function consumer_states(lag_max integer)
  returns table (consumer text, lag_events bigint, lag_seconds double precision, updated_at timestamptz, failing_event_id uuid,
                 failing_attempts integer, failing_error text, dead_letters bigint)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$
    select c.consumer, behind.events,
           coalesce(extract(epoch from now() - behind.oldest), 0)::double precision, c.updated_at,
           f.event_id, f.attempts, f.error,
           (select count(*) from public.dead_letters d where d.consumer = c.consumer and d.replayed_at is null)
    from public.consumer_cursors c
    cross join lateral (
      select count(*) as events, min(beyond.recorded_at) as oldest
      from (select e.recorded_at from public.events e
            where (e.epoch, e.xid, e.seq) > (c.epoch, c.xid, c.seq)
            order by e.epoch, e.xid, e.seq limit lag_max) beyond) behind
    left join lateral (
      select f.event_id, f.attempts, f.error from public.consumer_failures f
      where f.consumer = c.consumer order by f.first_failed_at limit 1) f on true
    order by c.consumer
  $$;

create function administrator_consumer_states(lag_max integer)
  returns table (consumer text, lag_events bigint, lag_seconds double precision, updated_at timestamptz, failing_event_id uuid,
                 failing_attempts integer, failing_error text, dead_letters bigint)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$ select consumer, lag_events, lag_seconds, updated_at, failing_event_id, failing_attempts, failing_error, dead_letters
        from public.consumer_states(lag_max) where (select public.i_am_administrator()) $$;

-- How long the readers of the log have been held back: by the oldest transaction that writes, where its start may be seen, or
-- as seen from the oldest committed event that may not be read yet.
create function horizon_age_seconds() returns double precision
  language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$
    select greatest(0,
      (select extract(epoch from now() - min(xact_start)) from pg_stat_activity where backend_xid is not null),
      (select extract(epoch from now() - min(prepared)) from pg_prepared_xacts),
      (select extract(epoch from now() - recorded_at) from public.events
       where epoch = (select max(epoch) from public.epochs) and xid >= pg_snapshot_xmin(pg_current_snapshot())
       order by epoch, xid, seq limit 1))::double precision
  $$;

revoke all on function consumer_states(integer), administrator_consumer_states(integer), horizon_age_seconds() from public;
grant execute on function consumer_states(integer) to daymark_worker;
grant execute on function administrator_consumer_states(integer) to daymark_app;
grant execute on function horizon_age_seconds() to daymark_app, daymark_worker;

create schema audit;
grant usage on schema audit to daymark_app, daymark_audit;

-- One row: how long entries are kept. The owner writes it at start, from the configuration.
create table audit.settings (
  the_only boolean primary key default true check (the_only),
  retention_days integer not null check (retention_days between 1 and 36500)
);
insert into audit.settings (retention_days) values (90);

-- Each entry repeats the header of its event, so that the two bear witness of each other. Who, from where, before and after
-- stay in event_payloads, where they can be erased.
create table audit.entries (
  space_id uuid not null,
  version bigint not null,
  epoch integer not null,
  xid xid8 not null,
  seq bigint not null,
  event_id uuid not null,
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
  filed_at timestamptz(3) not null default now(),
  -- Serves also: the comparison with the log, space by space.
  primary key (space_id, version, recorded_at)
) partition by range (recorded_at);
-- Serves: the log of a space, newest first.
create index entries_in_order on audit.entries (space_id, recorded_at, version);
-- Serves: what a person did.
create index entries_by_actor on audit.entries (space_id, actor_id, recorded_at, version);
-- Serves: what happened to a task.
create index entries_by_entity on audit.entries (space_id, entity_id, recorded_at, version);
-- Serves: events of one type.
create index entries_by_type on audit.entries (space_id, event_type, recorded_at, version);
-- Serves: what hangs together.
create index entries_by_correlation on audit.entries (space_id, correlation_id, recorded_at, version);

-- The net: a day without a partition never stops the consumer. Its rows move when the day's partition is made.
create table audit.entries_default partition of audit.entries default;

-- Up to where a space's entries were dropped for age: the newest dropped version and its hash.
create table audit.anchors (
  space_id uuid primary key,
  version bigint not null,
  hash bytea not null
);

alter table audit.settings enable row level security;
alter table audit.settings force row level security;
alter table audit.entries enable row level security;
alter table audit.entries force row level security;
alter table audit.entries_default enable row level security;
alter table audit.entries_default force row level security;
alter table audit.anchors enable row level security;
alter table audit.anchors force row level security;

do $$
declare
  name text;
begin
  foreach name in array array['settings', 'entries', 'entries_default', 'anchors'] loop
    execute format('create policy owner_all on audit.%I for all to current_user using (true) with check (true)', name);
  end loop;
end $$;

grant select, insert on audit.entries to daymark_audit;
grant select on audit.anchors to daymark_audit;
create policy audit_reads on audit.entries for select to daymark_audit using (true);
create policy audit_files on audit.entries for insert to daymark_audit with check (true);
create policy audit_reads on audit.anchors for select to daymark_audit using (true);

grant select on audit.entries to daymark_app;
create policy app_reads on audit.entries for select to daymark_app using (space_id in (select my_spaces()));

-- Days from yesterday to ahead_days ahead, and days whose entries lie in the default partition, that have no partition.
create function audit.days_without_partition(ahead_days integer, days_max integer) returns setof date
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$
    select day from (
      select (now() at time zone 'UTC')::date + ahead as day from generate_series(-1, ahead_days) as ahead
      union
      select distinct (recorded_at at time zone 'UTC')::date from audit.entries_default) as wanted
    where to_regclass('audit.entries_' || to_char(day, 'YYYYMMDD')) is null
    order by day desc limit days_max
  $$;

-- Makes the partition of a day (in UTC) and moves into it what lies in the default one. False when it is there already.
create function audit.make_partition(day date) returns boolean
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
  name text := 'entries_' || to_char(day, 'YYYYMMDD');
  starts timestamptz := day::timestamp at time zone 'UTC';
  ends timestamptz := (day + 1)::timestamp at time zone 'UTC';
  columns text := 'space_id, version, epoch, xid, seq, event_id, event_type, schema_version, entity, entity_id, operation_id, '
    'actor_type, actor_id, correlation_id, causation_id, recorded_at, payload_digest, hash, filed_at';
begin
  if day > (now() at time zone 'UTC')::date + 31 then
    raise exception 'the audit log has no use for a partition so far ahead';
  end if;
  if to_regclass(format('audit.%I', name)) is not null then return false; end if;
  -- One at a time, also with the dropping below, which takes its locks in another order.
  perform pg_advisory_xact_lock(4711000003);
  -- Nothing may be filed into the default partition between the move and the attachment. Then it is asked again: a lock on a table,
  -- unlike an advisory one, lets this session see what was made while it waited.
  lock table audit.entries_default in access exclusive mode;
  if to_regclass(format('audit.%I', name)) is not null then return false; end if;
  execute format('create table audit.%I (like audit.entries including defaults including constraints)', name);
  execute format('with moved as (delete from audit.entries_default where recorded_at >= $1 and recorded_at < $2 returning %s)
    insert into audit.%I (%s) select %s from moved', columns, name, columns, columns) using starts, ends;
  execute format('alter table audit.entries attach partition audit.%I for values from (%L) to (%L)', name, starts, ends);
  -- Nobody has rights on a partition itself; should someone be given them, there is still no row to see.
  execute format('alter table audit.%I enable row level security', name);
  execute format('alter table audit.%I force row level security', name);
  return true;
end $$;

-- Drops the partitions of days beyond the retention and stores the anchors of what goes. Answers their names.
create function audit.drop_expired() returns setof text
  language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
  keep_from date := (now() at time zone 'UTC')::date - (select retention_days from audit.settings);
  expired_before timestamptz := keep_from::timestamp at time zone 'UTC';
  name text;
begin
  perform pg_advisory_xact_lock(4711000003);
  insert into audit.anchors (space_id, version, hash)
    select distinct on (e.space_id) e.space_id, e.version, e.hash from audit.entries e
    where e.recorded_at < expired_before order by e.space_id, e.version desc
    on conflict (space_id) do update set version = excluded.version, hash = excluded.hash
      where audit.anchors.version < excluded.version;
  for name in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'audit.entries'::regclass and c.relname ~ '^entries_\d{8}$'
      and to_date(substr(c.relname, 9), 'YYYYMMDD') < keep_from
    order by c.relname
  loop
    execute format('drop table audit.%I', name);
    return next name;
  end loop;
  delete from audit.entries_default where recorded_at < expired_before;
end $$;

revoke all on function audit.days_without_partition(integer, integer), audit.make_partition(date), audit.drop_expired() from public;
grant execute on function audit.days_without_partition(integer, integer), audit.make_partition(date), audit.drop_expired()
  to daymark_audit;
