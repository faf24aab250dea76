-- Accounts, sessions, API tokens and invitations.
--
-- Schema auth belongs to better-auth: its four tables, reached by the auth login alone. better-auth writes outside commands, so
-- triggers write down each change in auth_changes, in its own transaction; commands/record-auth-change.ts turns them into events.
-- The profile of a person is the row in people, made with the account; auth."user" keeps what signing in needs.

create schema auth;
grant usage on schema auth to daymark_auth, daymark_worker;

create table auth."user" (
  id uuid primary key,
  name text not null,
  -- Lower case, as better-auth compares it.
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- The zone given at sign-up; people.timezone is the one in force.
  timezone text not null default 'UTC',
  -- How the account came to be: first_only is refused when there is an account already.
  admission text not null default 'open' check (admission in ('open', 'invited', 'first_only')),
  -- On insert: administrator if this is the first account.
  is_administrator boolean not null default false,
  disabled_at timestamptz(3),
  -- Whether the personal space exists.
  provisioned boolean not null default false
);

create table auth.session (
  id uuid primary key,
  user_id uuid not null references auth."user" (id) on delete cascade,
  -- Serves also: who sends this cookie or token, at every request.
  token text not null unique,
  expires_at timestamptz(3) not null,
  ip_address text,
  user_agent text,
  created_at timestamptz(3) not null default now(),
  -- Moved with expires_at, at most every few minutes: the last use.
  updated_at timestamptz(3) not null default now()
);
-- Serves: the sessions of a person, and ending them.
create index session_by_user on auth.session (user_id, created_at);
-- Serves: the hourly removal of ended sessions.
create index session_by_end on auth.session (expires_at);

create table auth.account (
  id uuid primary key,
  user_id uuid not null references auth."user" (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz(3),
  refresh_token_expires_at timestamptz(3),
  scope text,
  -- scrypt, with its salt.
  password text,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  unique (provider_id, account_id)
);
-- Serves: the password of a person.
create index account_by_user on auth.account (user_id);

-- Links for a new password: identifier is a digest of the secret in the link, value the id of the person.
create table auth.verification (
  id uuid primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
-- Serves: using a link.
create index verification_by_identifier on auth.verification (identifier);
-- Serves: ending the other links of a person.
create index verification_by_value on auth.verification (value);

-- What happened to accounts and is not in the event log yet. A row goes in the transaction that appends its event.
create table auth.auth_changes (
  id bigint primary key generated always as identity,
  user_id uuid not null,
  -- The type of the event to come: user.signed_in, user.password_changed, …
  type text not null,
  -- Field → [before, after]; never a secret.
  changes jsonb not null default '{}',
  client text,
  address text,
  -- Who did it, when not the person: an administrator's id, or 'system' for the command line.
  actor text,
  happened_at timestamptz(3) not null default now()
);
-- Serves: what a person's sign-up or sign-in left to be told.
create index auth_changes_by_user on auth.auth_changes (user_id, id);

create table api_tokens (
  id uuid primary key,
  user_id uuid not null references people (id),
  name text not null,
  -- SHA-256 of the token; also serves: who sends it.
  hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3),
  last_used_at timestamptz(3)
);
-- Serves: the tokens of a person.
create index api_tokens_by_user on api_tokens (user_id, id);

create table invitations (
  id uuid primary key,
  space_id uuid not null references spaces (id),
  role text not null check (role in ('owner', 'editor', 'viewer')),
  -- SHA-256 of the secret in the link; also serves: whoever holds the link.
  hash bytea not null unique,
  created_by uuid not null references people (id),
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  uses_max integer not null,
  uses integer not null default 0,
  -- Accounts made with the link where sign-up is closed: as many as it may add members.
  sign_ups integer not null default 0,
  check (uses <= uses_max),
  check (sign_ups <= uses_max)
);
-- Serves: the invitations of a space.
create index invitations_by_space on invitations (space_id, id);

-- The lock of sign-ups: so that of two first accounts made at once one is the first. Held until the commit.
create function auth.admit() returns trigger language plpgsql security definer set search_path = pg_catalog, auth, pg_temp as $$
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
end $$;

-- Comes after the password was found right, so it tells nothing to those who guess.
create function auth.admit_session() returns trigger language plpgsql security definer set search_path = pg_catalog, auth, pg_temp as $$
begin
  if exists (select from auth."user" where id = new.user_id and disabled_at is not null) then
    raise exception 'the account is disabled' using errcode = 'DM002';
  end if;
  return new;
end $$;

create function auth.note_arrival() returns trigger language plpgsql security definer set search_path = pg_catalog, auth, pg_temp as $$
begin
  insert into public.people (id, name, email, timezone, created_at, updated_at)
    values (new.id, new.name, new.email, new.timezone, new.created_at, new.created_at);
  insert into auth.auth_changes (user_id, type, changes)
    values (new.id, 'user.signed_up', jsonb_build_object('email', jsonb_build_array(null, new.email),
      'is_administrator', jsonb_build_array(null, new.is_administrator)));
  return null;
end $$;

create function auth.acting() returns text language sql stable
  as $$ select nullif(current_setting('daymark.actor', true), '') $$;

create function auth.note_account() returns trigger language plpgsql security definer set search_path = pg_catalog, auth, pg_temp as $$
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
end $$;

create function auth.note_session() returns trigger language plpgsql security definer set search_path = pg_catalog, auth, pg_temp as $$
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
end $$;

create function auth.note_password() returns trigger language plpgsql security definer set search_path = pg_catalog, auth, pg_temp as $$
begin
  -- Links for a new password that are still open must not undo the one just chosen.
  delete from auth.verification where value = new.user_id::text;
  insert into auth.auth_changes (user_id, type) values (new.user_id, 'user.password_changed');
  return null;
end $$;

create function auth.note_personal_space() returns trigger language plpgsql security definer set search_path = pg_catalog, auth, pg_temp as $$
begin
  update auth."user" set provisioned = true where id = new.created_by;
  return null;
end $$;

create trigger admit before insert on auth."user" for each row execute function auth.admit();
create trigger admit_session before insert on auth.session for each row execute function auth.admit_session();
create trigger note_arrival after insert on auth."user" for each row execute function auth.note_arrival();
create trigger note_account after update of email, is_administrator, disabled_at on auth."user"
  for each row execute function auth.note_account();
create trigger note_session after insert or delete on auth.session for each row execute function auth.note_session();
create trigger note_password after update of password on auth.account
  for each row when (new.password is distinct from old.password) execute function auth.note_password();
create trigger note_personal_space after insert on spaces
  for each row when (new.kind = 'personal') execute function auth.note_personal_space();

-- What whoever holds the link of an invitation may see before accepting it.
create function invitation_offer(link_hash bytea)
  returns table (space_name text, role text, invited_by text, expires_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select s.name, i.role, p.name, i.expires_at
        from invitations i join spaces s on s.id = i.space_id join people p on p.id = i.created_by
        where i.hash = link_hash and i.expires_at > now() and i.uses < i.uses_max $$;

revoke all on function invitation_offer(bytea), auth.admit(), auth.admit_session(), auth.note_arrival(), auth.note_account(), auth.note_session(),
  auth.note_password(), auth.note_personal_space() from public;
grant execute on function invitation_offer(bytea) to daymark_app, daymark_worker;

grant select, insert, update, delete on auth."user", auth.session, auth.account, auth.verification to daymark_auth;
grant select (id, is_administrator, disabled_at, provisioned, created_at) on auth."user" to daymark_worker;
grant select, delete on auth.auth_changes to daymark_worker;

grant select (id, user_id, name, scopes, created_at, expires_at, last_used_at), insert, delete on api_tokens to daymark_app;
grant select, update (last_used_at) on api_tokens to daymark_auth;
grant select, insert, update, delete on api_tokens, invitations to daymark_worker;
grant select (id, space_id, role, created_by, created_at, expires_at, uses_max, uses), insert, delete on invitations to daymark_app;

do $$
declare
  name text;
begin
  foreach name in array array['auth."user"', 'auth.session', 'auth.account', 'auth.verification', 'auth.auth_changes',
                              'api_tokens', 'invitations'] loop
    execute format('alter table %s enable row level security', name);
    execute format('alter table %s force row level security', name);
    execute format('create policy owner_all on %s for all to current_user using (true) with check (true)', name);
  end loop;
  foreach name in array array['auth."user"', 'auth.session', 'auth.account', 'auth.verification'] loop
    execute format('create policy auth_all on %s for all to daymark_auth using (true) with check (true)', name);
  end loop;
  foreach name in array array['auth."user"', 'auth.auth_changes', 'api_tokens', 'invitations'] loop
    execute format('create policy worker_all on %s for all to daymark_worker using (true) with check (true)', name);
  end loop;
end $$;

create policy auth_reads on api_tokens for select to daymark_auth using (true);
create policy auth_touches on api_tokens for update to daymark_auth using (true);
create policy app_own on api_tokens for all to daymark_app using (user_id = (select current_person()));

create policy app_reads on invitations for select to daymark_app using (space_id in (select my_owned_spaces()));
create policy app_creates on invitations for insert to daymark_app with check (space_id in (select my_owned_spaces()));
create policy app_removes on invitations for delete to daymark_app using (space_id in (select my_owned_spaces()));
