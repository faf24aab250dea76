-- Carriers: what consumers have done ahead of their cursors, dead letters that other systems are to hear of, the trace context that
-- goes with what follows from a request, and small shared state.

-- Events that arrive by a carrier come in the order of their space, not of the log. What is done beyond a consumer's cursor stands
-- here: of the space everything up to the version. A row goes when the cursor has passed it.
create table consumer_ahead (
  consumer text not null,
  space_id uuid not null,
  version bigint not null,
  primary key (consumer, space_id)
);
alter table consumer_ahead enable row level security;
alter table consumer_ahead force row level security;
create policy worker_all on consumer_ahead for all to daymark_worker using (true) with check (true);
create policy owner_all on consumer_ahead for all to current_user using (true) with check (true);
create policy audit_own on consumer_ahead for all to daymark_audit using (consumer = 'audit') with check (consumer = 'audit');
grant select, insert, update, delete on consumer_ahead to daymark_worker, daymark_audit;

-- A dead letter is told to other systems by the relay, which marks it when the carrier has it.
alter table dead_letters add column published_at timestamptz(3);
create index dead_letters_to_publish on dead_letters (died_at, id) where published_at is null;

-- The W3C trace context of the request that made the event. It is no part of what the hash covers.
alter table events add column traceparent text;
grant insert (traceparent) on events to daymark_app, daymark_worker;
alter table task_checks add column traceparent text;
alter table reminders add column traceparent text;
alter table deliveries add column traceparent text;

-- Small things that several processes share and that may be lost: counters of attempts, who is connected.
create table state_entries (
  key text primary key,
  value jsonb not null,
  etag uuid not null,
  expires_at timestamptz(3)
);
-- Serves: the sweep over what has expired.
create index state_entries_expired on state_entries (expires_at) where expires_at is not null;
grant select, insert, update, delete on state_entries to daymark_app, daymark_worker;
