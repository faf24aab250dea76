-- Made from the migrations; the test beside it says how to renew it.

-- extensions
pg_trgm
unaccent

-- tables
audit.anchors row level security forced
  space_id uuid not null
  version bigint not null
  hash bytea not null
audit.entries partitioned row level security forced
  space_id uuid not null
  version bigint not null
  epoch integer not null
  xid xid8 not null
  seq bigint not null
  event_id uuid not null
  event_type text not null
  schema_version smallint not null
  entity text not null
  entity_id uuid not null
  operation_id uuid not null
  actor_type text not null
  actor_id uuid
  correlation_id text not null
  causation_id uuid
  recorded_at timestamp(3) with time zone not null
  payload_digest bytea not null
  hash bytea not null
  filed_at timestamp(3) with time zone not null default now()
audit.settings row level security forced
  the_only boolean not null default true
  retention_days integer not null
auth.account row level security forced
  id uuid not null
  user_id uuid not null
  account_id text not null
  provider_id text not null
  access_token text
  refresh_token text
  id_token text
  access_token_expires_at timestamp(3) with time zone
  refresh_token_expires_at timestamp(3) with time zone
  scope text
  password text
  created_at timestamp(3) with time zone not null default now()
  updated_at timestamp(3) with time zone not null default now()
auth.auth_changes row level security forced
  id bigint not null identity
  user_id uuid not null
  type text not null
  changes jsonb not null default '{}'::jsonb
  client text
  address text
  actor text
  happened_at timestamp(3) with time zone not null default now()
auth.session row level security forced
  id uuid not null
  user_id uuid not null
  token text not null
  expires_at timestamp(3) with time zone not null
  ip_address text
  user_agent text
  created_at timestamp(3) with time zone not null default now()
  updated_at timestamp(3) with time zone not null default now()
auth.user row level security forced
  id uuid not null
  name text not null
  email text not null
  email_verified boolean not null default false
  image text
  created_at timestamp(3) with time zone not null default now()
  updated_at timestamp(3) with time zone not null default now()
  timezone text not null default 'UTC'::text
  admission text not null default 'open'::text
  is_administrator boolean not null default false
  disabled_at timestamp(3) with time zone
  provisioned boolean not null default false
auth.verification row level security forced
  id uuid not null
  identifier text not null
  value text not null
  expires_at timestamp(3) with time zone not null
  created_at timestamp(3) with time zone not null default now()
  updated_at timestamp(3) with time zone not null default now()
public.api_tokens row level security forced
  id uuid not null
  user_id uuid not null
  name text not null
  hash bytea not null
  scopes text[] not null
  created_at timestamp(3) with time zone not null
  expires_at timestamp(3) with time zone
  last_used_at timestamp(3) with time zone
public.chain_anchors row level security forced
  space_id uuid not null
  version bigint not null
  hash bytea not null
public.consumer_ahead row level security forced
  consumer text not null
  space_id uuid not null
  version bigint not null
public.consumer_cursors row level security forced
  consumer text not null
  epoch integer not null
  xid xid8 not null
  seq bigint not null
  updated_at timestamp with time zone not null default now()
public.consumer_failures row level security forced
  consumer text not null
  event_id uuid not null
  attempts integer not null
  error text not null
  first_failed_at timestamp(3) with time zone not null default now()
  next_try_at timestamp(3) with time zone not null
public.dead_letters row level security forced
  id uuid not null
  consumer text not null
  event_id uuid not null
  space_id uuid not null
  version bigint not null
  event_type text not null
  error text not null
  attempts integer not null
  first_failed_at timestamp(3) with time zone not null
  died_at timestamp(3) with time zone not null default now()
  replay_requested_at timestamp(3) with time zone
  replay_requested_by uuid
  replays_failed integer not null default 0
  replayed_at timestamp(3) with time zone
  published_at timestamp(3) with time zone
public.deliveries row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  user_id uuid not null
  notification_id uuid not null
  channel text not null
  target_id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid
  state text not null
  reason text
  attempts integer not null default 0
  next_attempt_at timestamp(3) with time zone default now()
  expires_at timestamp(3) with time zone not null default (now() + '1 day'::interval)
  claimed_until timestamp(3) with time zone
  claimed_by uuid
  provider_id text
  sent_at timestamp(3) with time zone
  created_at timestamp(3) with time zone not null
  updated_at timestamp(3) with time zone not null
  traceparent text
public.epochs
  epoch integer not null
  opened_at timestamp with time zone not null default now()
  reason text not null
  system_identifier text not null
  timeline integer not null
public.event_payloads row level security forced
  event_id uuid not null
  space_id uuid not null
  salt bytea
  payload json
  erased_at timestamp(3) with time zone
public.events row level security forced
  space_id uuid not null
  version bigint not null
  epoch integer not null
  xid xid8 not null default pg_current_xact_id()
  seq bigint not null identity
  event_id uuid not null
  event_type text not null
  schema_version smallint not null
  entity text not null
  entity_id uuid not null
  operation_id uuid not null
  actor_type text not null
  actor_id uuid
  correlation_id text not null
  causation_id uuid
  recorded_at timestamp(3) with time zone not null
  payload_digest bytea not null
  hash bytea not null
  traceparent text
public.idempotency_keys row level security forced
  user_id uuid not null
  key text not null
  fingerprint bytea not null
  answer json not null
  created_at timestamp with time zone not null default now()
public.invitations row level security forced
  id uuid not null
  space_id uuid not null
  role text not null
  hash bytea not null
  created_by uuid not null
  created_at timestamp(3) with time zone not null
  expires_at timestamp(3) with time zone not null
  uses_max integer not null
  uses integer not null default 0
  sign_ups integer not null default 0
public.lists row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  name text not null
  kind text not null
  colour text not null
  position text not null
  archived_at timestamp(3) with time zone
  created_at timestamp(3) with time zone not null
  updated_at timestamp(3) with time zone not null
public.memberships row level security forced
  space_id uuid not null
  user_id uuid not null
  role text not null
  joined_at timestamp(3) with time zone not null default now()
public.notifications row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  user_id uuid not null
  kind text not null
  title text not null
  body text not null default ''::text
  task_id uuid
  reminder_id uuid
  round integer
  day date
  due_at timestamp(3) with time zone
  due_on date
  remind_at timestamp(3) with time zone
  late boolean not null default false
  in_app boolean not null
  caused_by uuid
  read_at timestamp(3) with time zone
  snoozed_until timestamp(3) with time zone
  created_at timestamp(3) with time zone not null
public.occurrences row level security forced
  id uuid not null
  space_id uuid not null
  series_id uuid not null
  occurrence integer
  nominal text not null
  task_id uuid
  state text not null
  predecessor integer
  closed_at timestamp(3) with time zone
  created_at timestamp(3) with time zone not null
public.outgoing_mails
  id uuid not null
  kind text not null
  address text not null
  asked_by uuid
  content json
  state text not null
  reason text
  attempts integer not null default 0
  next_attempt_at timestamp(3) with time zone not null default now()
  expires_at timestamp(3) with time zone not null default (now() + '1 day'::interval)
  claimed_until timestamp(3) with time zone
  claimed_by uuid
  created_at timestamp(3) with time zone not null default now()
  updated_at timestamp(3) with time zone not null default now()
public.people row level security forced
  id uuid not null
  name text not null
  email text not null
  timezone text not null default 'UTC'::text
  locale text not null default 'en'::text
  week_start text not null default 'monday'::text
  default_reminder_minutes integer
  all_day_reminder_time text not null default '09:00'::text
  quiet_hours jsonb
  channels jsonb not null default '{"sms": false, "email": true, "in_app": true, "webhook": false, "web_push": true}'::jsonb
  created_at timestamp(3) with time zone not null default now()
  updated_at timestamp(3) with time zone not null default now()
  digest_time text
  phone_number text
  digest_at timestamp(3) with time zone
public.program_keys
  name text not null
  public_part text not null
  secret_part text not null
  created_at timestamp with time zone not null default now()
public.push_subscriptions row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  user_id uuid not null
  endpoint text not null
  host text not null generated lower(split_part("substring"(endpoint, '^[A-Za-z]+:[/\\]*([^/\\?#]*)'::text), '@'::text, '-1'::integer))
  p256dh text not null
  auth text not null
  client text
  created_at timestamp(3) with time zone not null
public.reminders row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  user_id uuid not null
  task_id uuid not null
  task_space_id uuid not null
  kind text not null
  origin text not null
  offset_minutes integer
  at timestamp(3) with time zone
  remind_at timestamp(3) with time zone
  fire_at timestamp(3) with time zone
  due text
  tz_version text
  round integer not null default 1
  state text not null
  reason text
  fired_at timestamp(3) with time zone
  late boolean not null default false
  planned_by uuid
  correlation_id text not null
  created_at timestamp(3) with time zone not null
  updated_at timestamp(3) with time zone not null
  traceparent text
public.schema_migrations
  number integer not null
  name text not null
  digest text not null
  applied_at timestamp with time zone not null default now()
public.search_vocabulary row level security forced
  space_id uuid not null
  word text not null
public.series row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  rrule text not null
  mode text not null
  missed text not null
  floating boolean not null
  timezone text not null
  starts text not null
  starts_occurrence integer not null
  exdates text[] not null default '{}'::text[]
  rdates text[] not null default '{}'::text[]
  state text not null
  last_occurrence integer not null
  last_nominal text not null
  advance_at timestamp(3) with time zone
  template jsonb not null
  created_by uuid not null
  created_at timestamp(3) with time zone not null
  updated_at timestamp(3) with time zone not null
public.spaces row level security forced
  id uuid not null
  kind text not null
  name text not null
  created_by uuid not null
  head_version bigint not null default 0
  head_hash bytea not null default '\x'::bytea
  version bigint not null default 0
  created_at timestamp(3) with time zone not null default now()
  updated_at timestamp(3) with time zone not null default now()
public.state_entries
  key text not null
  value jsonb not null
  etag uuid not null
  expires_at timestamp(3) with time zone
public.tags row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  name text not null
  name_key text not null
  created_at timestamp(3) with time zone not null
  updated_at timestamp(3) with time zone not null
  words text not null generated ((' '::text || search_words(name)) || ' '::text)
public.task_checks
  module text not null
  task_id uuid not null
  space_id uuid not null
  event_id uuid not null
  correlation_id text not null
  noted_at timestamp(3) with time zone not null default now()
  traceparent text
public.task_search row level security forced
  task_id uuid not null
  space_id uuid not null
  words tsvector not null
public.task_tags row level security forced
  task_id uuid not null
  tag_id uuid not null
  space_id uuid not null
public.tasks row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  title text not null
  notes text not null default ''::text
  status text not null
  priority smallint
  due_at timestamp(3) with time zone
  due_on date
  due_sort timestamp(3) with time zone
  timezone text not null
  start_at timestamp(3) with time zone
  list_id uuid not null
  parent_id uuid
  position text not null
  assignee_id uuid
  series_id uuid
  created_by uuid not null
  created_at timestamp(3) with time zone not null
  updated_at timestamp(3) with time zone not null
  completed_at timestamp(3) with time zone
  deleted_at timestamp(3) with time zone
  occurrence integer
  recurrence json
  due_local text
  floating boolean not null default false
  tz_version text
public.webhooks row level security forced
  id uuid not null
  space_id uuid not null
  version bigint not null
  user_id uuid not null
  name text not null
  url text not null
  host text not null generated lower(split_part("substring"(url, '^[A-Za-z]+:[/\\]*([^/\\?#]*)'::text), '@'::text, '-1'::integer))
  secret text not null
  active boolean not null default true
  created_at timestamp(3) with time zone not null
  updated_at timestamp(3) with time zone not null

-- constraints
api_tokens api_tokens_hash_key UNIQUE (hash)
api_tokens api_tokens_pkey PRIMARY KEY (id)
api_tokens api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id)
audit.anchors anchors_pkey PRIMARY KEY (space_id)
audit.entries entries_pkey PRIMARY KEY (space_id, version, recorded_at)
audit.settings settings_pkey PRIMARY KEY (the_only)
audit.settings settings_retention_days_check CHECK (((retention_days >= 1) AND (retention_days <= 36500)))
audit.settings settings_the_only_check CHECK (the_only)
auth."user" user_admission_check CHECK ((admission = ANY (ARRAY['open'::text, 'invited'::text, 'first_only'::text])))
auth."user" user_email_key UNIQUE (email)
auth."user" user_pkey PRIMARY KEY (id)
auth.account account_pkey PRIMARY KEY (id)
auth.account account_provider_id_account_id_key UNIQUE (provider_id, account_id)
auth.account account_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
auth.auth_changes auth_changes_pkey PRIMARY KEY (id)
auth.session session_pkey PRIMARY KEY (id)
auth.session session_token_key UNIQUE (token)
auth.session session_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
auth.verification verification_pkey PRIMARY KEY (id)
chain_anchors chain_anchors_pkey PRIMARY KEY (space_id)
chain_anchors chain_anchors_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
consumer_ahead consumer_ahead_pkey PRIMARY KEY (consumer, space_id)
consumer_cursors consumer_cursors_pkey PRIMARY KEY (consumer)
consumer_failures consumer_failures_pkey PRIMARY KEY (consumer, event_id)
dead_letters dead_letters_consumer_event_id_key UNIQUE (consumer, event_id)
dead_letters dead_letters_pkey PRIMARY KEY (id)
deliveries deliveries_channel_check CHECK ((channel = ANY (ARRAY['in_app'::text, 'web_push'::text, 'email'::text, 'sms'::text, 'webhook'::text])))
deliveries deliveries_check CHECK (((state <> ALL (ARRAY['planned'::text, 'failed'::text])) OR (next_attempt_at IS NOT NULL)))
deliveries deliveries_notification_id_fkey FOREIGN KEY (notification_id) REFERENCES notifications(id) ON DELETE CASCADE
deliveries deliveries_pkey PRIMARY KEY (id)
deliveries deliveries_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'claimed'::text, 'sent'::text, 'failed'::text, 'dead'::text, 'suppressed'::text])))
epochs epochs_pkey PRIMARY KEY (epoch)
event_payloads event_payloads_event_id_fkey FOREIGN KEY (event_id) REFERENCES events(event_id)
event_payloads event_payloads_pkey PRIMARY KEY (event_id)
events events_event_id_key UNIQUE (event_id)
events events_pkey PRIMARY KEY (space_id, version)
events events_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
idempotency_keys idempotency_keys_pkey PRIMARY KEY (user_id, key)
idempotency_keys idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id) ON DELETE CASCADE
invitations invitations_check CHECK ((uses <= uses_max))
invitations invitations_check1 CHECK ((sign_ups <= uses_max))
invitations invitations_created_by_fkey FOREIGN KEY (created_by) REFERENCES people(id)
invitations invitations_hash_key UNIQUE (hash)
invitations invitations_pkey PRIMARY KEY (id)
invitations invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'editor'::text, 'viewer'::text])))
invitations invitations_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
lists lists_kind_check CHECK ((kind = ANY (ARRAY['inbox'::text, 'list'::text])))
lists lists_pkey PRIMARY KEY (id)
lists lists_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
lists lists_space_id_id_key UNIQUE (space_id, id)
memberships memberships_pkey PRIMARY KEY (space_id, user_id)
memberships memberships_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'editor'::text, 'viewer'::text])))
memberships memberships_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
memberships memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id)
notifications notifications_kind_check CHECK ((kind = ANY (ARRAY['reminder'::text, 'digest'::text, 'test'::text])))
notifications notifications_pkey PRIMARY KEY (id)
notifications notifications_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
notifications notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id) ON DELETE CASCADE
occurrences occurrences_pkey PRIMARY KEY (id)
occurrences occurrences_space_id_series_id_fkey FOREIGN KEY (space_id, series_id) REFERENCES series(space_id, id)
occurrences occurrences_state_check CHECK ((state = ANY (ARRAY['open'::text, 'completed'::text, 'skipped'::text, 'cancelled'::text, 'missed'::text, 'withdrawn'::text])))
outgoing_mails outgoing_mails_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES people(id) ON DELETE CASCADE
outgoing_mails outgoing_mails_kind_check CHECK ((kind = ANY (ARRAY['password_reset'::text, 'invitation'::text])))
outgoing_mails outgoing_mails_pkey PRIMARY KEY (id)
outgoing_mails outgoing_mails_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'claimed'::text, 'sent'::text, 'failed'::text, 'dead'::text, 'suppressed'::text])))
people people_pkey PRIMARY KEY (id)
program_keys program_keys_pkey PRIMARY KEY (name)
push_subscriptions push_subscriptions_pkey PRIMARY KEY (id)
push_subscriptions push_subscriptions_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
push_subscriptions push_subscriptions_user_id_endpoint_key UNIQUE (user_id, endpoint)
push_subscriptions push_subscriptions_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id) ON DELETE CASCADE
reminders reminders_check CHECK (((kind = 'offset'::text) = (offset_minutes IS NOT NULL)))
reminders reminders_check1 CHECK (((state <> 'planned'::text) OR (fire_at IS NOT NULL)))
reminders reminders_kind_check CHECK ((kind = ANY (ARRAY['offset'::text, 'at'::text, 'snooze'::text, 'none'::text])))
reminders reminders_origin_check CHECK ((origin = ANY (ARRAY['own'::text, 'default'::text, 'inherited'::text])))
reminders reminders_pkey PRIMARY KEY (id)
reminders reminders_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
reminders reminders_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'planned'::text, 'due'::text, 'cancelled'::text, 'suppressed'::text, 'removed'::text])))
reminders reminders_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id) ON DELETE CASCADE
schema_migrations schema_migrations_pkey PRIMARY KEY (number)
search_vocabulary search_vocabulary_pkey PRIMARY KEY (space_id, word)
series series_created_by_fkey FOREIGN KEY (created_by) REFERENCES people(id)
series series_missed_check CHECK ((missed = ANY (ARRAY['all'::text, 'latest'::text, 'none'::text])))
series series_mode_check CHECK ((mode = ANY (ARRAY['on_completion'::text, 'on_schedule'::text, 'after_completion'::text])))
series series_pkey PRIMARY KEY (id)
series series_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
series series_space_id_id_key UNIQUE (space_id, id)
series series_state_check CHECK ((state = ANY (ARRAY['live'::text, 'ended'::text, 'stopped'::text])))
spaces spaces_created_by_fkey FOREIGN KEY (created_by) REFERENCES people(id)
spaces spaces_kind_check CHECK ((kind = ANY (ARRAY['personal'::text, 'shared'::text])))
spaces spaces_pkey PRIMARY KEY (id)
state_entries state_entries_pkey PRIMARY KEY (key)
tags tags_pkey PRIMARY KEY (id)
tags tags_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
tags tags_space_id_id_key UNIQUE (space_id, id)
tags tags_space_id_name_key_key UNIQUE (space_id, name_key)
task_checks task_checks_pkey PRIMARY KEY (module, task_id)
task_search task_search_pkey PRIMARY KEY (task_id)
task_tags task_tags_pkey PRIMARY KEY (task_id, tag_id)
task_tags task_tags_space_id_tag_id_fkey FOREIGN KEY (space_id, tag_id) REFERENCES tags(space_id, id)
task_tags task_tags_space_id_task_id_fkey FOREIGN KEY (space_id, task_id) REFERENCES tasks(space_id, id) ON DELETE CASCADE
tasks tasks_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES people(id)
tasks tasks_check CHECK (((due_at IS NULL) OR (due_on IS NULL)))
tasks tasks_created_by_fkey FOREIGN KEY (created_by) REFERENCES people(id)
tasks tasks_pkey PRIMARY KEY (id)
tasks tasks_priority_check CHECK (((priority >= 1) AND (priority <= 3)))
tasks tasks_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
tasks tasks_space_id_id_key UNIQUE (space_id, id)
tasks tasks_space_id_list_id_fkey FOREIGN KEY (space_id, list_id) REFERENCES lists(space_id, id)
tasks tasks_space_id_parent_id_fkey FOREIGN KEY (space_id, parent_id) REFERENCES tasks(space_id, id)
tasks tasks_status_check CHECK ((status = ANY (ARRAY['todo'::text, 'in_progress'::text, 'completed'::text, 'cancelled'::text])))
webhooks webhooks_pkey PRIMARY KEY (id)
webhooks webhooks_space_id_fkey FOREIGN KEY (space_id) REFERENCES spaces(id)
webhooks webhooks_user_id_fkey FOREIGN KEY (user_id) REFERENCES people(id) ON DELETE CASCADE

-- indexes
CREATE INDEX account_by_user ON auth.account USING btree (user_id)
CREATE INDEX api_tokens_by_user ON public.api_tokens USING btree (user_id, id)
CREATE INDEX auth_changes_by_user ON auth.auth_changes USING btree (user_id, id)
CREATE INDEX dead_letters_by_age ON public.dead_letters USING btree (died_at, id)
CREATE INDEX dead_letters_to_publish ON public.dead_letters USING btree (died_at, id) WHERE (published_at IS NULL)
CREATE INDEX dead_letters_to_replay ON public.dead_letters USING btree (consumer, replay_requested_at) WHERE ((replay_requested_at IS NOT NULL) AND (replayed_at IS NULL))
CREATE INDEX deliveries_by_target ON public.deliveries USING btree (target_id, created_at DESC) WHERE (target_id <> '00000000-0000-0000-0000-000000000000'::uuid)
CREATE INDEX deliveries_claimed ON public.deliveries USING btree (channel, claimed_until) WHERE (state = 'claimed'::text)
CREATE INDEX deliveries_dead ON public.deliveries USING btree (updated_at DESC, id) WHERE (state = 'dead'::text)
CREATE INDEX deliveries_texts ON public.deliveries USING btree (user_id, sent_at) WHERE ((channel = 'sms'::text) AND (state = 'sent'::text))
CREATE INDEX deliveries_waiting ON public.deliveries USING btree (channel, next_attempt_at) WHERE (state = ANY (ARRAY['planned'::text, 'failed'::text]))
CREATE INDEX entries_by_actor ON ONLY audit.entries USING btree (space_id, actor_id, recorded_at, version)
CREATE INDEX entries_by_correlation ON ONLY audit.entries USING btree (space_id, correlation_id, recorded_at, version)
CREATE INDEX entries_by_entity ON ONLY audit.entries USING btree (space_id, entity_id, recorded_at, version)
CREATE INDEX entries_by_type ON ONLY audit.entries USING btree (space_id, event_type, recorded_at, version)
CREATE INDEX entries_in_order ON ONLY audit.entries USING btree (space_id, recorded_at, version)
CREATE INDEX events_by_entity ON public.events USING btree (entity_id, version)
CREATE INDEX events_in_commit_order ON public.events USING btree (epoch, xid, seq)
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (created_at)
CREATE INDEX invitations_by_space ON public.invitations USING btree (space_id, id)
CREATE INDEX lists_in_order ON public.lists USING btree (space_id, "position", id)
CREATE INDEX memberships_user ON public.memberships USING btree (user_id, space_id)
CREATE INDEX notifications_inbox ON public.notifications USING btree (user_id, created_at DESC, id DESC) WHERE in_app
CREATE INDEX notifications_of_space ON public.notifications USING btree (space_id, id)
CREATE INDEX notifications_unread ON public.notifications USING btree (user_id) WHERE (in_app AND (read_at IS NULL))
CREATE INDEX occurrences_by_predecessor ON public.occurrences USING btree (series_id, predecessor) WHERE (state <> 'withdrawn'::text)
CREATE INDEX occurrences_by_series ON public.occurrences USING btree (series_id, nominal DESC, id DESC)
CREATE INDEX occurrences_open ON public.occurrences USING btree (series_id, occurrence) WHERE (state = 'open'::text)
CREATE INDEX outgoing_mails_by_address ON public.outgoing_mails USING btree (address, created_at)
CREATE INDEX outgoing_mails_by_person ON public.outgoing_mails USING btree (asked_by, created_at) WHERE (asked_by IS NOT NULL)
CREATE INDEX outgoing_mails_claimed ON public.outgoing_mails USING btree (claimed_until) WHERE (state = 'claimed'::text)
CREATE INDEX outgoing_mails_waiting ON public.outgoing_mails USING btree (next_attempt_at) WHERE (state = ANY (ARRAY['planned'::text, 'failed'::text]))
CREATE INDEX people_digest_due ON public.people USING btree (digest_at) WHERE (digest_at IS NOT NULL)
CREATE INDEX reminders_by_task ON public.reminders USING btree (task_id, user_id)
CREATE INDEX reminders_due ON public.reminders USING btree (fire_at, space_id) WHERE (state = 'planned'::text)
CREATE INDEX reminders_due_in_space ON public.reminders USING btree (space_id, fire_at, id) WHERE (state = 'planned'::text)
CREATE INDEX reminders_of_space ON public.reminders USING btree (space_id, id)
CREATE INDEX search_vocabulary_trigrams ON public.search_vocabulary USING gin (search_trigrams(space_id, word)) WITH (fastupdate=off)
CREATE INDEX series_to_advance ON public.series USING btree (advance_at) WHERE ((state = 'live'::text) AND (advance_at IS NOT NULL))
CREATE INDEX session_by_end ON auth.session USING btree (expires_at)
CREATE INDEX session_by_user ON auth.session USING btree (user_id, created_at)
CREATE INDEX state_entries_expired ON public.state_entries USING btree (expires_at) WHERE (expires_at IS NOT NULL)
CREATE INDEX task_checks_oldest ON public.task_checks USING btree (module, noted_at, task_id)
CREATE INDEX task_search_words ON public.task_search USING gin (words) WITH (fastupdate=off)
CREATE INDEX task_tags_by_tag ON public.task_tags USING btree (space_id, tag_id, task_id)
CREATE INDEX tasks_by_assignee ON public.tasks USING btree (assignee_id, due_sort, id) WHERE ((assignee_id IS NOT NULL) AND (deleted_at IS NULL))
CREATE INDEX tasks_by_completed ON public.tasks USING btree (space_id, completed_at DESC NULLS LAST, id) WHERE (deleted_at IS NULL)
CREATE INDEX tasks_by_created ON public.tasks USING btree (space_id, created_at, id) WHERE (deleted_at IS NULL)
CREATE INDEX tasks_by_due ON public.tasks USING btree (space_id, due_sort, priority DESC NULLS LAST, created_at DESC, id) WHERE (deleted_at IS NULL)
CREATE INDEX tasks_by_parent ON public.tasks USING btree (parent_id) WHERE (parent_id IS NOT NULL)
CREATE INDEX tasks_by_priority ON public.tasks USING btree (space_id, priority DESC NULLS LAST, due_sort, id) WHERE (deleted_at IS NULL)
CREATE INDEX tasks_by_status ON public.tasks USING btree (space_id, status, due_sort, id) WHERE (deleted_at IS NULL)
CREATE INDEX tasks_by_title ON public.tasks USING btree (space_id, title COLLATE human, id) WHERE (deleted_at IS NULL)
CREATE INDEX tasks_by_updated ON public.tasks USING btree (space_id, updated_at, id) WHERE (deleted_at IS NULL)
CREATE INDEX tasks_floating ON public.tasks USING btree (COALESCE(assignee_id, created_by)) WHERE (floating AND (status = ANY ('{todo,in_progress}'::text[])) AND (deleted_at IS NULL))
CREATE INDEX tasks_in_list ON public.tasks USING btree (list_id, "position", id) WHERE (deleted_at IS NULL)
CREATE INDEX tasks_in_trash ON public.tasks USING btree (space_id, deleted_at DESC, id) WHERE (deleted_at IS NOT NULL)
CREATE INDEX tasks_recurring ON public.tasks USING btree (space_id, series_id) WHERE (series_id IS NOT NULL)
CREATE INDEX tasks_tz_version ON public.tasks USING btree (tz_version, space_id) WHERE ((due_local IS NOT NULL) AND (status = ANY ('{todo,in_progress}'::text[])))
CREATE INDEX verification_by_identifier ON auth.verification USING btree (identifier)
CREATE INDEX verification_by_value ON auth.verification USING btree (value)
CREATE INDEX webhooks_of_person ON public.webhooks USING btree (user_id, created_at, id)
CREATE UNIQUE INDEX account_pkey ON auth.account USING btree (id)
CREATE UNIQUE INDEX account_provider_id_account_id_key ON auth.account USING btree (provider_id, account_id)
CREATE UNIQUE INDEX anchors_pkey ON audit.anchors USING btree (space_id)
CREATE UNIQUE INDEX api_tokens_hash_key ON public.api_tokens USING btree (hash)
CREATE UNIQUE INDEX api_tokens_pkey ON public.api_tokens USING btree (id)
CREATE UNIQUE INDEX auth_changes_pkey ON auth.auth_changes USING btree (id)
CREATE UNIQUE INDEX chain_anchors_pkey ON public.chain_anchors USING btree (space_id)
CREATE UNIQUE INDEX consumer_ahead_pkey ON public.consumer_ahead USING btree (consumer, space_id)
CREATE UNIQUE INDEX consumer_cursors_pkey ON public.consumer_cursors USING btree (consumer)
CREATE UNIQUE INDEX consumer_failures_pkey ON public.consumer_failures USING btree (consumer, event_id)
CREATE UNIQUE INDEX dead_letters_consumer_event_id_key ON public.dead_letters USING btree (consumer, event_id)
CREATE UNIQUE INDEX dead_letters_pkey ON public.dead_letters USING btree (id)
CREATE UNIQUE INDEX deliveries_once ON public.deliveries USING btree (notification_id, channel, target_id)
CREATE UNIQUE INDEX deliveries_pkey ON public.deliveries USING btree (id)
CREATE UNIQUE INDEX entries_pkey ON ONLY audit.entries USING btree (space_id, version, recorded_at)
CREATE UNIQUE INDEX epochs_pkey ON public.epochs USING btree (epoch)
CREATE UNIQUE INDEX event_payloads_pkey ON public.event_payloads USING btree (event_id)
CREATE UNIQUE INDEX events_event_id_key ON public.events USING btree (event_id)
CREATE UNIQUE INDEX events_pkey ON public.events USING btree (space_id, version)
CREATE UNIQUE INDEX idempotency_keys_pkey ON public.idempotency_keys USING btree (user_id, key)
CREATE UNIQUE INDEX invitations_hash_key ON public.invitations USING btree (hash)
CREATE UNIQUE INDEX invitations_pkey ON public.invitations USING btree (id)
CREATE UNIQUE INDEX lists_inbox ON public.lists USING btree (space_id) WHERE (kind = 'inbox'::text)
CREATE UNIQUE INDEX lists_pkey ON public.lists USING btree (id)
CREATE UNIQUE INDEX lists_space_id_id_key ON public.lists USING btree (space_id, id)
CREATE UNIQUE INDEX memberships_pkey ON public.memberships USING btree (space_id, user_id)
CREATE UNIQUE INDEX notifications_digest_once ON public.notifications USING btree (user_id, day) WHERE (kind = 'digest'::text)
CREATE UNIQUE INDEX notifications_once ON public.notifications USING btree (reminder_id, round) WHERE (reminder_id IS NOT NULL)
CREATE UNIQUE INDEX notifications_pkey ON public.notifications USING btree (id)
CREATE UNIQUE INDEX occurrences_missed_once ON public.occurrences USING btree (series_id, nominal) WHERE (state = 'missed'::text)
CREATE UNIQUE INDEX occurrences_once ON public.occurrences USING btree (series_id, occurrence) WHERE (state <> 'withdrawn'::text)
CREATE UNIQUE INDEX occurrences_pkey ON public.occurrences USING btree (id)
CREATE UNIQUE INDEX outgoing_mails_pkey ON public.outgoing_mails USING btree (id)
CREATE UNIQUE INDEX people_pkey ON public.people USING btree (id)
CREATE UNIQUE INDEX program_keys_pkey ON public.program_keys USING btree (name)
CREATE UNIQUE INDEX push_subscriptions_pkey ON public.push_subscriptions USING btree (id)
CREATE UNIQUE INDEX push_subscriptions_user_id_endpoint_key ON public.push_subscriptions USING btree (user_id, endpoint)
CREATE UNIQUE INDEX reminders_at_once ON public.reminders USING btree (task_id, user_id, at) WHERE (kind = 'at'::text)
CREATE UNIQUE INDEX reminders_none_once ON public.reminders USING btree (task_id, user_id) WHERE (kind = 'none'::text)
CREATE UNIQUE INDEX reminders_offset_once ON public.reminders USING btree (task_id, user_id, offset_minutes) WHERE (kind = 'offset'::text)
CREATE UNIQUE INDEX reminders_pkey ON public.reminders USING btree (id)
CREATE UNIQUE INDEX schema_migrations_pkey ON public.schema_migrations USING btree (number)
CREATE UNIQUE INDEX search_vocabulary_pkey ON public.search_vocabulary USING btree (space_id, word)
CREATE UNIQUE INDEX series_pkey ON public.series USING btree (id)
CREATE UNIQUE INDEX series_space_id_id_key ON public.series USING btree (space_id, id)
CREATE UNIQUE INDEX session_pkey ON auth.session USING btree (id)
CREATE UNIQUE INDEX session_token_key ON auth.session USING btree (token)
CREATE UNIQUE INDEX settings_pkey ON audit.settings USING btree (the_only)
CREATE UNIQUE INDEX spaces_personal ON public.spaces USING btree (created_by) WHERE (kind = 'personal'::text)
CREATE UNIQUE INDEX spaces_pkey ON public.spaces USING btree (id)
CREATE UNIQUE INDEX state_entries_pkey ON public.state_entries USING btree (key)
CREATE UNIQUE INDEX tags_pkey ON public.tags USING btree (id)
CREATE UNIQUE INDEX tags_space_id_id_key ON public.tags USING btree (space_id, id)
CREATE UNIQUE INDEX tags_space_id_name_key_key ON public.tags USING btree (space_id, name_key)
CREATE UNIQUE INDEX task_checks_pkey ON public.task_checks USING btree (module, task_id)
CREATE UNIQUE INDEX task_search_pkey ON public.task_search USING btree (task_id)
CREATE UNIQUE INDEX task_tags_pkey ON public.task_tags USING btree (task_id, tag_id)
CREATE UNIQUE INDEX tasks_occurrence_once ON public.tasks USING btree (series_id, occurrence) WHERE (series_id IS NOT NULL)
CREATE UNIQUE INDEX tasks_pkey ON public.tasks USING btree (id)
CREATE UNIQUE INDEX tasks_space_id_id_key ON public.tasks USING btree (space_id, id)
CREATE UNIQUE INDEX user_email_key ON auth."user" USING btree (email)
CREATE UNIQUE INDEX user_pkey ON auth."user" USING btree (id)
CREATE UNIQUE INDEX verification_pkey ON auth.verification USING btree (id)
CREATE UNIQUE INDEX webhooks_pkey ON public.webhooks USING btree (id)

-- policies
audit.anchors audit_reads for select to daymark_audit using (true)
audit.anchors owner_all for all to the owner using (true) with check (true)
audit.entries app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
audit.entries audit_files for insert to daymark_audit with check (true)
audit.entries audit_reads for select to daymark_audit using (true)
audit.entries owner_all for all to the owner using (true) with check (true)
audit.entries_default owner_all for all to the owner using (true) with check (true)
audit.settings owner_all for all to the owner using (true) with check (true)
auth.account auth_all for all to daymark_auth using (true) with check (true)
auth.account owner_all for all to the owner using (true) with check (true)
auth.auth_changes owner_all for all to the owner using (true) with check (true)
auth.auth_changes worker_all for all to daymark_worker using (true) with check (true)
auth.session auth_all for all to daymark_auth using (true) with check (true)
auth.session owner_all for all to the owner using (true) with check (true)
auth.user auth_all for all to daymark_auth using (true) with check (true)
auth.user owner_all for all to the owner using (true) with check (true)
auth.user worker_all for all to daymark_worker using (true) with check (true)
auth.verification auth_all for all to daymark_auth using (true) with check (true)
auth.verification owner_all for all to the owner using (true) with check (true)
public.api_tokens app_own for all to daymark_app using ((user_id = ( SELECT current_person() AS current_person)))
public.api_tokens auth_reads for select to daymark_auth using (true)
public.api_tokens auth_touches for update to daymark_auth using (true)
public.api_tokens owner_all for all to the owner using (true) with check (true)
public.api_tokens worker_all for all to daymark_worker using (true) with check (true)
public.chain_anchors audit_reads for select to daymark_audit using (true)
public.chain_anchors owner_all for all to the owner using (true) with check (true)
public.chain_anchors worker_all for all to daymark_worker using (true) with check (true)
public.consumer_ahead audit_own for all to daymark_audit using ((consumer = 'audit'::text)) with check ((consumer = 'audit'::text))
public.consumer_ahead owner_all for all to the owner using (true) with check (true)
public.consumer_ahead worker_all for all to daymark_worker using (true) with check (true)
public.consumer_cursors audit_own for all to daymark_audit using ((consumer = 'audit'::text)) with check ((consumer = 'audit'::text))
public.consumer_cursors owner_all for all to the owner using (true) with check (true)
public.consumer_cursors worker_all for all to daymark_worker using (true) with check (true)
public.consumer_failures audit_own for all to daymark_audit using ((consumer = 'audit'::text)) with check ((consumer = 'audit'::text))
public.consumer_failures owner_all for all to the owner using (true) with check (true)
public.consumer_failures worker_all for all to daymark_worker using (true) with check (true)
public.dead_letters administrator_asks for update to daymark_app using (( SELECT i_am_administrator() AS i_am_administrator))
public.dead_letters administrator_reads for select to daymark_app using (( SELECT i_am_administrator() AS i_am_administrator))
public.dead_letters audit_own for all to daymark_audit using ((consumer = 'audit'::text)) with check ((consumer = 'audit'::text))
public.dead_letters owner_all for all to the owner using (true) with check (true)
public.dead_letters worker_all for all to daymark_worker using (true) with check (true)
public.deliveries app_own for all to daymark_app using ((user_id = ( SELECT current_person() AS current_person))) with check (((user_id = ( SELECT current_person() AS current_person)) AND (space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces))))
public.deliveries owner_all for all to the owner using (true) with check (true)
public.deliveries worker_all for all to daymark_worker using (true) with check (true)
public.event_payloads app_appends for insert to daymark_app with check ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.event_payloads app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.event_payloads audit_reads for select to daymark_audit using (true)
public.event_payloads owner_all for all to the owner using (true) with check (true)
public.event_payloads worker_all for all to daymark_worker using (true) with check (true)
public.events app_appends for insert to daymark_app with check (((actor_id = ( SELECT current_person() AS current_person)) AND ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)) OR ((entity = 'member'::text) AND (entity_id = actor_id) AND (space_id IN ( SELECT my_spaces() AS my_spaces))))))
public.events app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.events audit_reads for select to daymark_audit using (true)
public.events owner_all for all to the owner using (true) with check (true)
public.events worker_all for all to daymark_worker using (true) with check (true)
public.idempotency_keys app_own for all to daymark_app using ((user_id = ( SELECT current_person() AS current_person)))
public.idempotency_keys owner_all for all to the owner using (true) with check (true)
public.idempotency_keys worker_all for all to daymark_worker using (true) with check (true)
public.invitations app_creates for insert to daymark_app with check ((space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces)))
public.invitations app_reads for select to daymark_app using ((space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces)))
public.invitations app_removes for delete to daymark_app using ((space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces)))
public.invitations owner_all for all to the owner using (true) with check (true)
public.invitations worker_all for all to daymark_worker using (true) with check (true)
public.lists app_changes for update to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.lists app_creates for insert to daymark_app with check ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.lists app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.lists app_removes for delete to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.lists owner_all for all to the owner using (true) with check (true)
public.lists worker_all for all to daymark_worker using (true) with check (true)
public.memberships app_adds for insert to daymark_app with check (((user_id = ( SELECT current_person() AS current_person)) AND (role = 'owner'::text) AND is_my_new_space(space_id)))
public.memberships app_changes for update to daymark_app using ((space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces)))
public.memberships app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.memberships app_removes for delete to daymark_app using (((space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces)) OR (user_id = ( SELECT current_person() AS current_person))))
public.memberships audit_reads for select to daymark_audit using (true)
public.memberships owner_all for all to the owner using (true) with check (true)
public.memberships worker_all for all to daymark_worker using (true) with check (true)
public.notifications app_own for all to daymark_app using ((user_id = ( SELECT current_person() AS current_person))) with check (((user_id = ( SELECT current_person() AS current_person)) AND (space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces))))
public.notifications owner_all for all to the owner using (true) with check (true)
public.notifications worker_all for all to daymark_worker using (true) with check (true)
public.occurrences app_changes for update to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.occurrences app_creates for insert to daymark_app with check ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.occurrences app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.occurrences app_removes for delete to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.occurrences owner_all for all to the owner using (true) with check (true)
public.occurrences worker_all for all to daymark_worker using (true) with check (true)
public.people app_changes for update to daymark_app using ((id = ( SELECT current_person() AS current_person)))
public.people app_reads for select to daymark_app using (((id = ( SELECT current_person() AS current_person)) OR (id IN ( SELECT my_companions() AS my_companions))))
public.people audit_reads for select to daymark_audit using (true)
public.people owner_all for all to the owner using (true) with check (true)
public.people worker_all for all to daymark_worker using (true) with check (true)
public.push_subscriptions app_own for all to daymark_app using ((user_id = ( SELECT current_person() AS current_person))) with check (((user_id = ( SELECT current_person() AS current_person)) AND (space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces))))
public.push_subscriptions owner_all for all to the owner using (true) with check (true)
public.push_subscriptions worker_all for all to daymark_worker using (true) with check (true)
public.reminders app_own for all to daymark_app using ((user_id = ( SELECT current_person() AS current_person))) with check (((user_id = ( SELECT current_person() AS current_person)) AND (space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces))))
public.reminders owner_all for all to the owner using (true) with check (true)
public.reminders worker_all for all to daymark_worker using (true) with check (true)
public.search_vocabulary owner_all for all to the owner using (true) with check (true)
public.series app_changes for update to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.series app_creates for insert to daymark_app with check ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.series app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.series app_removes for delete to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.series owner_all for all to the owner using (true) with check (true)
public.series worker_all for all to daymark_worker using (true) with check (true)
public.spaces app_changes for update to daymark_app using (((id IN ( SELECT my_spaces() AS my_spaces)) OR is_my_new_space(id)))
public.spaces app_creates for insert to daymark_app with check ((created_by = ( SELECT current_person() AS current_person)))
public.spaces app_reads for select to daymark_app using (((id IN ( SELECT my_spaces() AS my_spaces)) OR is_my_new_space(id)))
public.spaces audit_reads for select to daymark_audit using (true)
public.spaces owner_all for all to the owner using (true) with check (true)
public.spaces worker_all for all to daymark_worker using (true) with check (true)
public.tags app_changes for update to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.tags app_creates for insert to daymark_app with check ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.tags app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.tags app_removes for delete to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.tags owner_all for all to the owner using (true) with check (true)
public.tags worker_all for all to daymark_worker using (true) with check (true)
public.task_search owner_all for all to the owner using (true) with check (true)
public.task_tags app_changes for update to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.task_tags app_creates for insert to daymark_app with check ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.task_tags app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.task_tags app_removes for delete to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.task_tags owner_all for all to the owner using (true) with check (true)
public.task_tags worker_all for all to daymark_worker using (true) with check (true)
public.tasks app_changes for update to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.tasks app_creates for insert to daymark_app with check ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.tasks app_reads for select to daymark_app using ((space_id IN ( SELECT my_spaces() AS my_spaces)))
public.tasks app_removes for delete to daymark_app using ((space_id IN ( SELECT my_writable_spaces() AS my_writable_spaces)))
public.tasks owner_all for all to the owner using (true) with check (true)
public.tasks worker_all for all to daymark_worker using (true) with check (true)
public.webhooks app_own for all to daymark_app using ((user_id = ( SELECT current_person() AS current_person))) with check (((user_id = ( SELECT current_person() AS current_person)) AND (space_id IN ( SELECT my_owned_spaces() AS my_owned_spaces))))
public.webhooks owner_all for all to the owner using (true) with check (true)
public.webhooks worker_all for all to daymark_worker using (true) with check (true)

-- functions
CREATE OR REPLACE FUNCTION audit.days_without_partition(ahead_days integer, days_max integer)
 RETURNS SETOF date
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
    select day from (
      select (now() at time zone 'UTC')::date + ahead as day from generate_series(-1, ahead_days) as ahead
      union
      select distinct (recorded_at at time zone 'UTC')::date from audit.entries_default) as wanted
    where to_regclass('audit.entries_' || to_char(day, 'YYYYMMDD')) is null
    order by day desc limit days_max
  $function$
CREATE OR REPLACE FUNCTION audit.drop_expired()
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET lock_timeout TO '2s'
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION audit.make_partition(day date)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET lock_timeout TO '2s'
AS $function$
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
end $function$
CREATE OR REPLACE FUNCTION auth.acting()
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$ select nullif(current_setting('daymark.actor', true), '') $function$
CREATE OR REPLACE FUNCTION auth.admit()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
declare
  is_first boolean;
begin
  perform pg_advisory_xact_lock(4711000002);
  select not exists (select from auth."user") into is_first;
  if new.admission = 'first_only' and not is_first then
    raise exception 'sign-up is closed' using errcode = 'DM001';
  end if;
  new.is_administrator := new.is_administrator and is_first;
  new.disabled_at := null;
  new.provisioned := false;
  return new;
end $function$
CREATE OR REPLACE FUNCTION auth.admit_session()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
begin
  if exists (select from auth."user" where id = new.user_id and disabled_at is not null) then
    raise exception 'the account is disabled' using errcode = 'DM002';
  end if;
  return new;
end $function$
CREATE OR REPLACE FUNCTION auth.note_account()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
declare
  changes jsonb := '{}';
begin
  if new.email is distinct from old.email then
    update public.people set email = new.email, updated_at = now() where id = new.id;
    changes := changes || jsonb_build_object('email', jsonb_build_array(old.email, new.email));
  end if;
  if new.is_administrator is distinct from old.is_administrator then
    changes := changes || jsonb_build_object('is_administrator', jsonb_build_array(old.is_administrator, new.is_administrator));
  end if;
  if changes <> '{}' then
    insert into auth.auth_changes (user_id, type, changes, actor) values (new.id, 'user.updated', changes, auth.acting());
  end if;
  if (new.disabled_at is null) <> (old.disabled_at is null) then
    insert into auth.auth_changes (user_id, type, changes, actor)
      values (new.id, case when new.disabled_at is null then 'user.enabled' else 'user.disabled' end,
        jsonb_build_object('disabled', jsonb_build_array(old.disabled_at is not null, new.disabled_at is not null)),
        auth.acting());
  end if;
  return null;
end $function$
CREATE OR REPLACE FUNCTION auth.note_arrival()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
begin
  insert into public.people (id, name, email, timezone, created_at, updated_at)
    values (new.id, new.name, new.email, new.timezone, new.created_at, new.created_at);
  insert into auth.auth_changes (user_id, type, changes)
    values (new.id, 'user.signed_up', jsonb_build_object('email', jsonb_build_array(null, new.email),
      'is_administrator', jsonb_build_array(null, new.is_administrator)));
  return null;
end $function$
CREATE OR REPLACE FUNCTION auth.note_password()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
begin
  -- Links for a new password that are still open must not undo the one just chosen.
  delete from auth.verification where value = new.user_id::text;
  insert into auth.auth_changes (user_id, type) values (new.user_id, 'user.password_changed');
  return null;
end $function$
CREATE OR REPLACE FUNCTION auth.note_personal_space()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
begin
  update auth."user" set provisioned = true where id = new.created_by;
  return null;
end $function$
CREATE OR REPLACE FUNCTION auth.note_session()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'auth', 'pg_temp'
AS $function$
begin
  if tg_op = 'INSERT' then
    insert into auth.auth_changes (user_id, type, changes, client, address)
      values (new.user_id, 'user.signed_in', jsonb_build_object('session_id', jsonb_build_array(null, new.id)),
        nullif(new.user_agent, ''), nullif(new.ip_address, ''));
  -- A session that had run out by itself was over before it was removed; a deleted account has no space to tell.
  elsif old.expires_at > now() and exists (select from auth."user" where id = old.user_id) then
    insert into auth.auth_changes (user_id, type, changes, client, address, actor)
      values (old.user_id, 'user.signed_out', jsonb_build_object('session_id', jsonb_build_array(old.id, null)),
        nullif(old.user_agent, ''), nullif(old.ip_address, ''), auth.acting());
  end if;
  return null;
end $function$
CREATE OR REPLACE FUNCTION public.administrator_consumer_states(lag_max integer)
 RETURNS TABLE(consumer text, lag_events bigint, lag_seconds double precision, updated_at timestamp with time zone, failing_event_id uuid, failing_attempts integer, failing_error text, dead_letters bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$ select consumer, lag_events, lag_seconds, updated_at, failing_event_id, failing_attempts, failing_error, dead_letters
        from public.consumer_states(lag_max) where (select public.i_am_administrator()) $function$
CREATE OR REPLACE FUNCTION public.consumer_states(lag_max integer)
 RETURNS TABLE(consumer text, lag_events bigint, lag_seconds double precision, updated_at timestamp with time zone, failing_event_id uuid, failing_attempts integer, failing_error text, dead_letters bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
  $function$
CREATE OR REPLACE FUNCTION public.current_person()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('daymark.person_id', true), '')::uuid $function$
CREATE OR REPLACE FUNCTION public.horizon_age_seconds()
 RETURNS double precision
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
    select greatest(0,
      (select extract(epoch from now() - min(xact_start)) from pg_stat_activity where backend_xid is not null),
      (select extract(epoch from now() - min(prepared)) from pg_prepared_xacts),
      (select extract(epoch from now() - recorded_at) from public.events
       where epoch = (select max(epoch) from public.epochs) and xid >= pg_snapshot_xmin(pg_current_snapshot())
       order by epoch, xid, seq limit 1))::double precision
  $function$
CREATE OR REPLACE FUNCTION public.i_am_administrator()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$ select exists (select from auth."user" where id = public.current_person() and is_administrator and disabled_at is null) $function$
CREATE OR REPLACE FUNCTION public.invitation_offer(link_hash bytea)
 RETURNS TABLE(space_name text, role text, invited_by text, expires_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select s.name, i.role, p.name, i.expires_at
        from invitations i join spaces s on s.id = i.space_id join people p on p.id = i.created_by
        where i.hash = link_hash and i.expires_at > now() and i.uses < i.uses_max $function$
CREATE OR REPLACE FUNCTION public.is_my_new_space(space uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select exists (select from spaces where id = space and created_by = current_person())
      and not exists (select from memberships where space_id = space) $function$
CREATE OR REPLACE FUNCTION public.mails_since(to_address text, person uuid, since timestamp with time zone)
 RETURNS TABLE(of_address bigint, of_person bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select (select count(*) from outgoing_mails where address = to_address and created_at > since),
               (select count(*) from outgoing_mails where asked_by = person and created_at > since) $function$
CREATE OR REPLACE FUNCTION public.my_companions()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select user_id from memberships where space_id in (select my_spaces()) $function$
CREATE OR REPLACE FUNCTION public.my_owned_spaces()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select space_id from memberships where user_id = current_person() and role = 'owner' $function$
CREATE OR REPLACE FUNCTION public.my_personal_space()
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select id from spaces where created_by = current_person() and kind = 'personal' $function$
CREATE OR REPLACE FUNCTION public.my_spaces()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select space_id from memberships where user_id = current_person() $function$
CREATE OR REPLACE FUNCTION public.my_writable_spaces()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select space_id from memberships where user_id = current_person() and role in ('owner', 'editor') $function$
CREATE OR REPLACE FUNCTION public.refuse_renaming_by_others()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  -- The program itself acts for nobody.
  if current_person() is not null and new.id not in (select my_owned_spaces()) then
    raise exception 'only an owner renames a space' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $function$
CREATE OR REPLACE FUNCTION public.search_fold(content text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
begin
  if octet_length(content) = length(content) then
    return lower(content collate "C");
  end if;
  return lower(public.search_unaccented(normalize(
    translate(
      regexp_replace(
        lower(normalize(content, nfkd) collate public.human),
        '[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]+',
        '', 'g'),
      'ς', 'σ'),
    nfkc)) collate public.human);
end $function$
CREATE OR REPLACE FUNCTION public.search_forget(space uuid, lexemes text[])
 RETURNS void
 LANGUAGE sql
AS $function$ delete from search_vocabulary
      where space_id = space and word in (
        select substr(lexeme, 7) from unnest(lexemes) as lexeme
        where length(lexeme) between 10 and 46 and not exists (
          select from task_search where words @@ ('''' || lexeme || '''')::tsquery and space_id = space)) $function$
CREATE OR REPLACE FUNCTION public.search_forgiving_query(space uuid, terms text[])
 RETURNS tsquery
 LANGUAGE plpgsql
 STABLE STRICT
AS $function$
declare
  parts text[] := '{}';
  corrections text;
  found_any boolean := false;
  is_last boolean;
begin
  for place in 1 .. cardinality(terms) loop
    is_last := place = cardinality(terms);
    -- Each term is compared with the whole vocabulary; who mistypes more words than these types them again.
    corrections := case when place <= 5 then search_term_corrections(space, terms[place], is_last) else '' end;
    found_any := found_any or corrections <> '';
    parts := parts || ('(' || search_term(space, terms[place], is_last)
                           || search_term_tags(space, terms[place], is_last) || corrections || ')');
  end loop;
  return case when found_any then replace(array_to_string(parts, ' & '), '@', '')::tsquery end;
end $function$
CREATE OR REPLACE FUNCTION public.search_grams(run text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select array_agg(distinct gram) from (
    select character || coalesce(lead(character) over (order by place), '') as gram
    from string_to_table(substr(run, 2), null) with ordinality as characters (character, place)) as grams
$function$
CREATE OR REPLACE FUNCTION public.search_has_runs(task uuid, runs text[])
 RETURNS boolean
 LANGUAGE sql
 STABLE STRICT
AS $function$
  select not exists (
    select from unnest(runs) as run
    where position(run in search_fold(t.title)) = 0 and position(run in search_fold(t.notes)) = 0
      and not exists (select from task_tags join tags on tags.id = task_tags.tag_id
                      where task_tags.task_id = t.id and position(run in tags.words) > 0))
  from tasks t where t.id = task
$function$
CREATE OR REPLACE FUNCTION public.search_learn(space uuid, words tsvector)
 RETURNS void
 LANGUAGE sql
AS $function$ insert into search_vocabulary (space_id, word)
      select space, word from search_vocabulary_of(words) as word on conflict do nothing $function$
CREATE OR REPLACE FUNCTION public.search_likeness(word text, typed text, swapped text[], is_last boolean)
 RETURNS real
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select greatest(
    public.similarity(word, typed),
    case when is_last and length(word) > length(typed) then public.similarity(left(word, length(typed)), typed) end,
    case when word = any (swapped) or is_last and left(word, length(typed)) = any (swapped) then 0.9 end)
$function$
CREATE OR REPLACE FUNCTION public.search_queries(space uuid, terms text[])
 RETURNS TABLE(anywhere tsquery, in_title_or_tags tsquery, in_title tsquery, in_title_exactly tsquery)
 LANGUAGE plpgsql
 STABLE STRICT ROWS 1
AS $function$
declare
  term text;
  parts text[] := '{}';
  exact_parts text[] := '{}';
  with_tags text[] := '{}';
  is_last boolean;
begin
  for place in 1 .. cardinality(terms) loop
    is_last := place = cardinality(terms);
    term := search_term(space, terms[place], is_last);
    parts := parts || term;
    exact_parts := exact_parts || search_term(space, terms[place], false);
    with_tags := with_tags || ('(' || term || search_term_tags(space, terms[place], is_last) || ')');
  end loop;
  return query select
    replace(array_to_string(with_tags, ' & '), '@', '')::tsquery,
    replace(array_to_string(with_tags, ' & '), '@', 'A')::tsquery,
    replace(array_to_string(parts, ' & '), '@', 'A')::tsquery,
    replace(array_to_string(exact_parts, ' & '), '@', 'A')::tsquery;
end $function$
CREATE OR REPLACE FUNCTION public.search_space_key(space uuid)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$ select right(space::text, 6) $function$
CREATE OR REPLACE FUNCTION public.search_tag_lexeme(space uuid, tag uuid)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$ select right(space::text, 6) || '#' || right(tag::text, 12) $function$
CREATE OR REPLACE FUNCTION public.search_tag_vector(space uuid, task uuid)
 RETURNS tsvector
 LANGUAGE sql
 STABLE STRICT
AS $function$ select coalesce(string_agg('''' || search_tag_lexeme(space, tag_id) || ''':1B', ' '), '')::tsvector
      from task_tags where task_id = task $function$
CREATE OR REPLACE FUNCTION public.search_tags_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
begin
  -- A task that is being deleted is gone already: its row here goes with it.
  update task_search s set words = ts_filter(s.words, '{a,c}') || search_tag_vector(s.space_id, s.task_id)
  from (select distinct task_id from touched) as t join tasks on tasks.id = t.task_id
  where s.task_id = t.task_id;
  return null;
end $function$
CREATE OR REPLACE FUNCTION public.search_task_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  before tsvector;
  after tsvector;
begin
  select words into before from task_search where task_id = new.id;
  update task_search set space_id = new.space_id,
    words = search_vector(new.space_id, new.title, 'A') || search_vector(new.space_id, new.notes, 'C') ||
            search_tag_vector(new.space_id, new.id)
  where task_id = new.id returning words into after;
  perform search_learn(new.space_id, after);
  perform search_forget(old.space_id, array(select unnest(tsvector_to_array(before))
                                            except select unnest(tsvector_to_array(after))));
  return null;
end $function$
CREATE OR REPLACE FUNCTION public.search_tasks(search text, only_space uuid, matches_max integer, few integer)
 RETURNS TABLE(task_id uuid, rank smallint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER ROWS 200
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
declare
  -- Nobody looks for more words than these; each costs a look into every space.
  terms text[] := (string_to_array(nullif(search_words(search), ''), ' '))[:24];
  runs text[] := array(select substr(term, 2) from unnest(terms) as term where term like '=___%');
  spaces uuid[] := array(select space_id from memberships
                         where user_id = current_person() and (only_space is null or space_id = only_space));
  found_count integer;
begin
  if terms is null then
    return;
  end if;
  return query
    select s.task_id, (case when s.words @@ q.in_title_exactly then 5 when s.words @@ q.in_title then 4
                            when s.words @@ q.in_title_or_tags then 3 else 2 end)::smallint
    from unnest(spaces) as space cross join lateral search_queries(space, terms) as q
      join task_search s on s.words @@ q.anywhere and s.space_id = space
    where runs = '{}' or search_has_runs(s.task_id, runs)
    order by s.task_id desc limit matches_max;
  get diagnostics found_count = row_count;
  if found_count < few then
    return query
      select s.task_id, 1::smallint
      from unnest(spaces) as space cross join lateral search_queries(space, terms) as q
        cross join lateral search_forgiving_query(space, terms) as forgiving
        join task_search s on s.words @@ forgiving and s.space_id = space
      where not (s.words @@ q.anywhere) and (runs = '{}' or search_has_runs(s.task_id, runs))
      order by s.task_id desc limit matches_max;
  end if;
end $function$
CREATE OR REPLACE FUNCTION public.search_tasks_added()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
begin
  with indexed as (
    insert into task_search (task_id, space_id, words)
    select id, space_id, search_vector(space_id, title, 'A') || search_vector(space_id, notes, 'C') from added
    returning space_id, words
  )
  insert into search_vocabulary (space_id, word)
  select space_id, word from indexed cross join search_vocabulary_of(words) as word on conflict do nothing;
  return null;
end $function$
CREATE OR REPLACE FUNCTION public.search_tasks_removed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
declare
  gone record;
begin
  for gone in
    with deleted as (
      delete from task_search using removed where task_id = removed.id returning task_search.space_id, words
    )
    select space_id, array_agg(distinct lexeme) as lexemes
    from deleted cross join unnest(tsvector_to_array(words)) as lexeme group by space_id
  loop
    perform search_forget(gone.space_id, gone.lexemes);
  end loop;
  return null;
end $function$
CREATE OR REPLACE FUNCTION public.search_term(space uuid, term text, is_last boolean)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select case
    when term not like '=%' then '''' || search_space_key(space) || term || ''':' || case when is_last then '*' else '' end || '@'
    when length(term) = 2 then '''' || search_space_key(space) || substr(term, 2) || ''':*@'
    else (select '(' || string_agg('''' || search_space_key(space) || substr(term, place, 2) || ''':@', ' & ') || ')'
          from generate_series(2, length(term) - 1) as place)
  end
$function$
CREATE OR REPLACE FUNCTION public.search_term_corrections(space uuid, term text, is_last boolean)
 RETURNS text
 LANGUAGE sql
 STABLE STRICT
AS $function$
  with typed as (
    select term as word, case length(term) when 4 then 0.25 when 5 then 0.3 else 0.4 end as likeness_min,
      array(select trigram from unnest(search_trigrams(space, term)) as trigram
            where substr(trigram, 7) not like case when length(term) = 4 then '  %' else ' %' end) as trigrams,
      array(select overlay(term placing reverse(substr(term, place, 2)) from place for 2)
            from generate_series(1, length(term) - 1) as place) as swapped
    where term !~ '^=|[0-9]' and length(term) between 4 and 40
  ), known as (
    select v.word from typed join search_vocabulary v on search_trigrams(v.space_id, v.word) && trigrams
      and v.space_id is not distinct from space and length(v.word) >= length(term) - 2 and (is_last or length(v.word) <= length(term) + 2)
    union
    select v.word from typed cross join unnest(swapped) as slip join search_vocabulary v on v.space_id = space
      and v.word >= slip and v.word <= case when is_last then slip || U&'\+10FFFF' else slip end
  ), alternatives as (
    select word, '''' || search_space_key(space) || word || '''' as lexeme from known
    union all
    select known_word, '''' || search_tag_lexeme(space, tags.id) || '''' as lexeme
    from typed join tags on tags.space_id = space cross join string_to_table(trim(tags.words), ' ') as known_word
  ), nearest as (
    select lexeme, likeness
    from (select lexeme, likeness_min, search_likeness(alternatives.word, typed.word, swapped, is_last) as likeness
          from typed join alternatives on alternatives.word <> typed.word) as compared
    where likeness >= likeness_min
    order by likeness desc, lexeme limit 8
  )
  select coalesce(string_agg(' | ' || lexeme, ''), '') from nearest
$function$
CREATE OR REPLACE FUNCTION public.search_term_tags(space uuid, term text, is_last boolean)
 RETURNS text
 LANGUAGE sql
 STABLE STRICT
AS $function$
  select coalesce(string_agg(' | ''' || search_tag_lexeme(space, id) || '''', ''), '')
  from tags
  where space_id = space and position(case
    when term like '=%' then substr(term, 2) when is_last then ' ' || term else ' ' || term || ' ' end in tags.words) > 0
$function$
CREATE OR REPLACE FUNCTION public.search_trigrams(space uuid, word text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$ select array_agg(right(space::text, 6) || trigram) from unnest(public.show_trgm(word)) as trigram $function$
CREATE OR REPLACE FUNCTION public.search_unaccented(content text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$ select public.unaccent('public.unaccent'::regdictionary, content) $function$
CREATE OR REPLACE FUNCTION public.search_vector(space uuid, content text, weight text)
 RETURNS tsvector
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
declare
  words text := search_words(content);
  key text := '''' || search_space_key(space);
  mark text := ''':1' || weight;
begin
  if words = '' then
    return '';
  end if;
  if position('=' in words) > 0 then
    select string_agg(distinct lexeme, ' ') into words
    from unnest(string_to_array(words, ' ')) as word
      cross join unnest(case when word like '=%' then search_grams(word) else array[word] end) as lexeme;
  end if;
  return (key || replace(words, ' ', mark || ' ' || key) || mark)::tsvector;
end $function$
CREATE OR REPLACE FUNCTION public.search_vocabulary_of(words tsvector)
 RETURNS SETOF text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select substr(lexeme, 7) from unnest(tsvector_to_array(words)) as lexeme
      where length(lexeme) between 10 and 46 and position(substr(lexeme, 7, 1) in '0123456789#') = 0 $function$
CREATE OR REPLACE FUNCTION public.search_words(content text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
declare
  -- Folding may lengthen text; the limit keeps the longest note within what a tsvector holds.
  words text := left(public.search_fold(content), 52000);
begin
  words := regexp_replace(words,
    '[\u0001-/:-@[-`{-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u060c\u061b-\u061f\u066a-\u066d\u06d4\u0964\u0965\u0e4f\u0e5a\u0e5b\u0f0b-\u0f14\u104a-\u104f\u1361-\u1368\u1680\u17d4-\u17da\u2000-\u206f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb]+',
    ' ', 'g');
  if octet_length(words) > length(words) then
    words := regexp_replace(words,
      '([\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2190-\u2bff\u2e80-\u2fdf\u3005-\u3007\u3021-\u318f\u31a0-\u31ff\u3200-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U0003ffff]+)',
      ' =\1 ', 'g');
    words := regexp_replace(words, '  +', ' ', 'g');
  end if;
  -- The limit of a lexeme is far away, but nobody types more of a word than this.
  if length(words) > 64 and words ~ '[^ ]{65}' then
    words := regexp_replace(words, '( |^)([^ =][^ ]{63})[^ ]+', '\1\2', 'g');
  end if;
  return trim(words);
end $function$
CREATE OR REPLACE FUNCTION public.taken_task_ids(ids uuid[])
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select id from tasks where id = any(ids) $function$

-- triggers
CREATE TRIGGER admit BEFORE INSERT ON auth."user" FOR EACH ROW EXECUTE FUNCTION auth.admit()
CREATE TRIGGER admit_session BEFORE INSERT ON auth.session FOR EACH ROW EXECUTE FUNCTION auth.admit_session()
CREATE TRIGGER note_account AFTER UPDATE OF email, is_administrator, disabled_at ON auth."user" FOR EACH ROW EXECUTE FUNCTION auth.note_account()
CREATE TRIGGER note_arrival AFTER INSERT ON auth."user" FOR EACH ROW EXECUTE FUNCTION auth.note_arrival()
CREATE TRIGGER note_password AFTER UPDATE OF password ON auth.account FOR EACH ROW WHEN ((new.password IS DISTINCT FROM old.password)) EXECUTE FUNCTION auth.note_password()
CREATE TRIGGER note_personal_space AFTER INSERT ON public.spaces FOR EACH ROW WHEN ((new.kind = 'personal'::text)) EXECUTE FUNCTION auth.note_personal_space()
CREATE TRIGGER note_session AFTER INSERT OR DELETE ON auth.session FOR EACH ROW EXECUTE FUNCTION auth.note_session()
CREATE TRIGGER refuse_renaming_by_others BEFORE UPDATE ON public.spaces FOR EACH ROW WHEN ((old.name <> new.name)) EXECUTE FUNCTION refuse_renaming_by_others()
CREATE TRIGGER search_adds AFTER INSERT ON public.tasks REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION search_tasks_added()
CREATE TRIGGER search_changes AFTER UPDATE OF title, notes, space_id ON public.tasks FOR EACH ROW WHEN (((old.title <> new.title) OR (old.notes <> new.notes) OR (old.space_id <> new.space_id))) EXECUTE FUNCTION search_task_changed()
CREATE TRIGGER search_removes AFTER DELETE ON public.tasks REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION search_tasks_removed()
CREATE TRIGGER search_tags_added AFTER INSERT ON public.task_tags REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION search_tags_changed()
CREATE TRIGGER search_tags_moved AFTER UPDATE ON public.task_tags REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION search_tags_changed()
CREATE TRIGGER search_tags_removed AFTER DELETE ON public.task_tags REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION search_tags_changed()

-- grants on tables
audit.anchors daymark_audit: select
audit.entries daymark_app: select
audit.entries daymark_audit: insert, select
auth.account daymark_auth: delete, insert, select, update
auth.auth_changes daymark_worker: delete, select
auth.session daymark_auth: delete, insert, select, update
auth.user daymark_auth: delete, insert, select, update
auth.verification daymark_auth: delete, insert, select, update
public.api_tokens daymark_app: delete, insert
public.api_tokens daymark_auth: select
public.api_tokens daymark_worker: delete, insert, select, update
public.chain_anchors daymark_audit: select
public.chain_anchors daymark_worker: delete, insert, select, update
public.consumer_ahead daymark_audit: delete, insert, select, update
public.consumer_ahead daymark_worker: delete, insert, select, update
public.consumer_cursors daymark_audit: insert, select, update
public.consumer_cursors daymark_worker: delete, insert, select, update
public.consumer_failures daymark_audit: delete, insert, select, update
public.consumer_failures daymark_worker: delete, insert, select, update
public.dead_letters daymark_app: select
public.dead_letters daymark_audit: insert, select
public.dead_letters daymark_worker: delete, insert, select, update
public.deliveries daymark_app: insert, select, update
public.deliveries daymark_worker: delete, insert, select, update
public.epochs daymark_audit: select
public.epochs daymark_worker: select
public.event_payloads daymark_app: insert, select
public.event_payloads daymark_audit: select
public.event_payloads daymark_worker: insert, select
public.events daymark_app: select
public.events daymark_audit: select
public.events daymark_worker: select
public.idempotency_keys daymark_app: insert, select, update
public.idempotency_keys daymark_worker: delete, insert, select, update
public.invitations daymark_app: delete, insert
public.invitations daymark_worker: delete, insert, select, update
public.lists daymark_app: delete, insert, select, update
public.lists daymark_worker: delete, insert, select, update
public.memberships daymark_app: delete, insert, select
public.memberships daymark_audit: select
public.memberships daymark_worker: delete, insert, select, update
public.notifications daymark_app: insert, select, update
public.notifications daymark_worker: delete, insert, select, update
public.occurrences daymark_app: delete, insert, select, update
public.occurrences daymark_worker: delete, insert, select, update
public.outgoing_mails daymark_app: insert
public.outgoing_mails daymark_auth: insert
public.outgoing_mails daymark_worker: delete, insert, select, update
public.people daymark_app: select
public.people daymark_audit: select
public.people daymark_worker: delete, insert, select, update
public.program_keys daymark_worker: delete, insert, select, update
public.push_subscriptions daymark_app: delete, insert, select, update
public.push_subscriptions daymark_worker: delete, insert, select, update
public.reminders daymark_app: delete, insert, select, update
public.reminders daymark_worker: delete, insert, select, update
public.series daymark_app: delete, insert, select, update
public.series daymark_worker: delete, insert, select, update
public.spaces daymark_app: insert, select
public.spaces daymark_audit: select
public.spaces daymark_worker: delete, insert, select, update
public.state_entries daymark_app: delete, insert, select, update
public.state_entries daymark_worker: delete, insert, select, update
public.tags daymark_app: delete, insert, select, update
public.tags daymark_worker: delete, insert, select, update
public.task_checks daymark_worker: delete, insert, select, update
public.task_tags daymark_app: delete, insert, select, update
public.task_tags daymark_worker: delete, insert, select, update
public.tasks daymark_app: delete, insert, select, update
public.tasks daymark_worker: delete, insert, select, update
public.webhooks daymark_app: delete, insert, select, update
public.webhooks daymark_worker: delete, insert, select, update

-- grants on columns
auth.user.created_at daymark_worker: select
auth.user.disabled_at daymark_worker: select
auth.user.id daymark_worker: select
auth.user.is_administrator daymark_worker: select
auth.user.provisioned daymark_worker: select
public.api_tokens.created_at daymark_app: select
public.api_tokens.expires_at daymark_app: select
public.api_tokens.id daymark_app: select
public.api_tokens.last_used_at daymark_app: select
public.api_tokens.last_used_at daymark_auth: update
public.api_tokens.name daymark_app: select
public.api_tokens.scopes daymark_app: select
public.api_tokens.user_id daymark_app: select
public.dead_letters.error daymark_audit: update
public.dead_letters.replay_requested_at daymark_app: update
public.dead_letters.replay_requested_at daymark_audit: update
public.dead_letters.replay_requested_by daymark_app: update
public.dead_letters.replayed_at daymark_audit: update
public.dead_letters.replays_failed daymark_audit: update
public.event_payloads.erased_at daymark_worker: update
public.event_payloads.payload daymark_worker: update
public.event_payloads.salt daymark_worker: update
public.events.actor_id daymark_app: insert
public.events.actor_id daymark_worker: insert
public.events.actor_type daymark_app: insert
public.events.actor_type daymark_worker: insert
public.events.causation_id daymark_app: insert
public.events.causation_id daymark_worker: insert
public.events.correlation_id daymark_app: insert
public.events.correlation_id daymark_worker: insert
public.events.entity daymark_app: insert
public.events.entity daymark_worker: insert
public.events.entity_id daymark_app: insert
public.events.entity_id daymark_worker: insert
public.events.epoch daymark_app: insert
public.events.epoch daymark_worker: insert
public.events.event_id daymark_app: insert
public.events.event_id daymark_worker: insert
public.events.event_type daymark_app: insert
public.events.event_type daymark_worker: insert
public.events.hash daymark_app: insert
public.events.hash daymark_worker: insert
public.events.operation_id daymark_app: insert
public.events.operation_id daymark_worker: insert
public.events.payload_digest daymark_app: insert
public.events.payload_digest daymark_worker: insert
public.events.recorded_at daymark_app: insert
public.events.recorded_at daymark_worker: insert
public.events.schema_version daymark_app: insert
public.events.schema_version daymark_worker: insert
public.events.space_id daymark_app: insert
public.events.space_id daymark_worker: insert
public.events.traceparent daymark_app: insert
public.events.traceparent daymark_worker: insert
public.events.version daymark_app: insert
public.events.version daymark_worker: insert
public.invitations.created_at daymark_app: select
public.invitations.created_by daymark_app: select
public.invitations.expires_at daymark_app: select
public.invitations.id daymark_app: select
public.invitations.role daymark_app: select
public.invitations.space_id daymark_app: select
public.invitations.uses daymark_app: select
public.invitations.uses_max daymark_app: select
public.memberships.role daymark_app: update
public.people.all_day_reminder_time daymark_app: update
public.people.channels daymark_app: update
public.people.default_reminder_minutes daymark_app: update
public.people.digest_at daymark_app: update
public.people.digest_time daymark_app: update
public.people.locale daymark_app: update
public.people.name daymark_app: update
public.people.phone_number daymark_app: update
public.people.quiet_hours daymark_app: update
public.people.timezone daymark_app: update
public.people.updated_at daymark_app: update
public.people.week_start daymark_app: update
public.program_keys.name daymark_app: select
public.program_keys.public_part daymark_app: select
public.spaces.head_hash daymark_app: update
public.spaces.head_version daymark_app: update
public.spaces.name daymark_app: update
public.spaces.updated_at daymark_app: update
public.spaces.version daymark_app: update

-- grants on functions
audit.days_without_partition: daymark_audit
audit.drop_expired: daymark_audit
audit.make_partition: daymark_audit
auth.acting: public
auth.admit: nobody
auth.admit_session: nobody
auth.note_account: nobody
auth.note_arrival: nobody
auth.note_password: nobody
auth.note_personal_space: nobody
auth.note_session: nobody
public.administrator_consumer_states: daymark_app
public.consumer_states: daymark_worker
public.current_person: daymark_app, daymark_audit, daymark_auth, daymark_worker, public
public.horizon_age_seconds: daymark_app, daymark_worker
public.i_am_administrator: daymark_app
public.invitation_offer: daymark_app, daymark_worker
public.is_my_new_space: daymark_app, daymark_worker
public.mails_since: daymark_app, daymark_auth
public.my_companions: daymark_app, daymark_worker
public.my_owned_spaces: daymark_app, daymark_worker
public.my_personal_space: daymark_app, daymark_worker
public.my_spaces: daymark_app, daymark_worker
public.my_writable_spaces: daymark_app, daymark_worker
public.refuse_renaming_by_others: public
public.search_fold: public
public.search_forget: nobody
public.search_forgiving_query: public
public.search_grams: public
public.search_has_runs: public
public.search_learn: nobody
public.search_likeness: public
public.search_queries: public
public.search_space_key: public
public.search_tag_lexeme: public
public.search_tag_vector: public
public.search_tags_changed: nobody
public.search_task_changed: nobody
public.search_tasks: daymark_app, daymark_worker
public.search_tasks_added: nobody
public.search_tasks_removed: nobody
public.search_term: public
public.search_term_corrections: public
public.search_term_tags: public
public.search_trigrams: public
public.search_unaccented: public
public.search_vector: public
public.search_vocabulary_of: public
public.search_words: public
public.taken_task_ids: daymark_app, daymark_worker
