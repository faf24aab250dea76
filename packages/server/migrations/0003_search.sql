-- Finding tasks: full text over titles, notes and tags in every script, forgiving of typing errors, and the indexes of lists.
--
--   word      a piece of folded text between separators: lower case, without accents
--   run       neighbouring characters of scripts that put no spaces between words (Chinese, Japanese, Korean, Thai, Lao, Khmer,
--             Burmese, Tibetan) and of symbols such as emoji; it is found by any part of it
--   gram      two neighbours in a run, or the last character of one
--   lexeme    what is indexed: the key of the space, then a word, a gram, or # and a tag
--   vocabulary  the words of a space, from which typing errors are corrected
--
-- Functions that only these call set no search_path, which would cost each call; the ones that run as the owner do, and the ones
-- that a generated column or an index needs name the schema.
--
-- The key of the space stands in the lexeme, so that the index serves space and words together: a prefix meets the words of
-- this space only, however many there are in the others. Tags are indexed by id: renaming one rewrites nothing.

do $$
declare
  extension text;
begin
  foreach extension in array array['pg_trgm', 'unaccent'] loop
    begin
      execute format('create extension if not exists %I with schema public', extension);
    exception
      when insufficient_privilege then
        raise exception 'the extension % is missing and this login may not create it', extension
          using hint = format('Run as a superuser in the database %I: create extension %I', current_database(), extension);
      when undefined_file or feature_not_supported then
        raise exception 'this PostgreSQL does not bring the extension %', extension
          using hint = 'Install the package of contributed extensions that belongs to the server, such as postgresql-contrib.';
    end;
    if not exists (select from pg_extension where extname = extension and extnamespace = 'public'::regnamespace) then
      raise exception 'the extension % is not in the schema public', extension
        using hint = format('Run as its owner: alter extension %I set schema public', extension);
    end if;
  end loop;
end $$;

-- How people sort names: by letters whatever their case and accent, numbers by their value. A server built without ICU
-- sorts by code points. After an upgrade of ICU itself: reindex index tasks_by_title; alter collation human refresh version.
do $$
begin
  create collation human (provider = icu, locale = 'und-u-kn-true');
exception when feature_not_supported then
  begin
    -- It knows upper and lower case of every script, which plain C does not.
    create collation human (provider = libc, locale = 'C.UTF-8');
  exception when others then
    create collation human from "C";
  end;
end $$;

-- unaccent by a dictionary that is named, which makes it immutable in fact.
create function search_unaccented(content text) returns text language sql immutable strict parallel safe
  as $$ select public.unaccent('public.unaccent'::regdictionary, content) $$;

-- Marks on letters, vowel points, and characters without width or look of their own are dropped: of the Latin, Hebrew and
-- Arabic scripts only, because in others marks are vowels. Hangul and kana are composed again.
create function search_fold(content text) returns text language plpgsql immutable strict parallel safe
as $$
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
end $$;

-- Words and runs, separated by single spaces; a run begins with the sign =, which is in no word.
create function search_words(content text) returns text language plpgsql immutable strict parallel safe
as $$
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
end $$;

-- The grams of a run: ab, bc, c of =abc. Character by character, because substr counts from the beginning each time.
create function search_grams(run text) returns text[] language sql immutable strict parallel safe
as $$
  select array_agg(distinct gram) from (
    select character || coalesce(lead(character) over (order by place), '') as gram
    from string_to_table(substr(run, 2), null) with ordinality as characters (character, place)) as grams
$$;

-- A few random digits of the space's id. Two spaces may share them: whoever searches compares the space as well.
create function search_space_key(space uuid) returns text language sql immutable strict parallel safe
  as $$ select right(space::text, 6) $$;

create function search_tag_lexeme(space uuid, tag uuid) returns text language sql immutable strict parallel safe
  as $$ select right(space::text, 6) || '#' || right(tag::text, 12) $$;

-- Text as a tsvector of one weight. Positions only carry weights: words are ranked by where they stand, not how often. Each
-- write of a task comes by here, so there are no regular expressions where plain replacing will do.
create function search_vector(space uuid, content text, weight text) returns tsvector
language plpgsql immutable strict parallel safe
as $$
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
end $$;

alter table tags add column words text not null generated always as (' ' || search_words(name) || ' ') stored;

-- One row for each task, beside the table of tasks: a change of status or date does not touch the index of words.
create table task_search (
  task_id uuid primary key,
  space_id uuid not null,
  -- Title A, tags B, notes C.
  words tsvector not null
);
-- Serves: tasks of a space that have these words, words beginning so, or tags. Without the list of pending entries, which
-- every search would have to read from end to end.
create index task_search_words on task_search using gin (words) with (fastupdate = off);

-- The trigrams of a word, as lexemes of the space.
create function search_trigrams(space uuid, word text) returns text[] language sql immutable strict parallel safe
  as $$ select array_agg(right(space::text, 6) || trigram) from unnest(public.show_trgm(word)) as trigram $$;

create table search_vocabulary (
  space_id uuid not null,
  word text collate "C" not null,
  primary key (space_id, word)
);
-- Serves: the words of a space that look like a mistyped one. An index on the word alone would meet those of all spaces.
create index search_vocabulary_trigrams on search_vocabulary using gin (search_trigrams(space_id, word))
  with (fastupdate = off);

-- What of a tsvector belongs into the vocabulary: words of letters, long enough that a slip can be told from another word.
create function search_vocabulary_of(words tsvector) returns setof text language sql immutable parallel safe
as $$ select substr(lexeme, 7) from unnest(tsvector_to_array(words)) as lexeme
      where length(lexeme) between 10 and 46 and position(substr(lexeme, 7, 1) in '0123456789#') = 0 $$;

create function search_learn(space uuid, words tsvector) returns void language sql volatile
as $$ insert into search_vocabulary (space_id, word)
      select space, word from search_vocabulary_of(words) as word on conflict do nothing $$;

-- Words that no task of the space has any more are forgotten: what was deleted must not linger.
create function search_forget(space uuid, lexemes text[]) returns void language sql volatile
as $$ delete from search_vocabulary
      where space_id = space and word in (
        select substr(lexeme, 7) from unnest(lexemes) as lexeme
        where length(lexeme) between 10 and 46 and not exists (
          select from task_search where words @@ ('''' || lexeme || '''')::tsquery and space_id = space)) $$;

-- The triggers below keep their plans for the life of a connection, made for however many rows the first statement had. They
-- may only look up one task after the other, or one import would have every later change read whole tables.
create function search_tasks_added() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
  with indexed as (
    insert into task_search (task_id, space_id, words)
    select id, space_id, search_vector(space_id, title, 'A') || search_vector(space_id, notes, 'C') from added
    returning space_id, words
  )
  insert into search_vocabulary (space_id, word)
  select space_id, word from indexed cross join search_vocabulary_of(words) as word on conflict do nothing;
  return null;
end $$;

create function search_tag_vector(space uuid, task uuid) returns tsvector language sql stable strict
as $$ select coalesce(string_agg('''' || search_tag_lexeme(space, tag_id) || ''':1B', ' '), '')::tsvector
      from task_tags where task_id = task $$;

create function search_task_changed() returns trigger language plpgsql security definer set search_path = public, pg_temp
as $$
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
end $$;

create function search_tasks_removed() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
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
end $$;

create function search_tags_changed() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
as $$
begin
  -- A task that is being deleted is gone already: its row here goes with it.
  update task_search s set words = ts_filter(s.words, '{a,c}') || search_tag_vector(s.space_id, s.task_id)
  from (select distinct task_id from touched) as t join tasks on tasks.id = t.task_id
  where s.task_id = t.task_id;
  return null;
end $$;

create trigger search_adds after insert on tasks referencing new table as added
  for each statement execute function search_tasks_added();
create trigger search_changes after update of title, notes, space_id on tasks for each row
  when (old.title <> new.title or old.notes <> new.notes or old.space_id <> new.space_id)
  execute function search_task_changed();
create trigger search_removes after delete on tasks referencing old table as removed
  for each statement execute function search_tasks_removed();
create trigger search_tags_added after insert on task_tags referencing new table as touched
  for each statement execute function search_tags_changed();
create trigger search_tags_moved after update on task_tags referencing new table as touched
  for each statement execute function search_tags_changed();
create trigger search_tags_removed after delete on task_tags referencing old table as touched
  for each statement execute function search_tags_changed();

-- What a term of a search looks for in a space, as text of a tsquery in which @ stands for the weights. The last term may be
-- the beginning of a word.
create function search_term(space uuid, term text, is_last boolean) returns text
language sql immutable strict parallel safe
as $$
  select case
    when term not like '=%' then '''' || search_space_key(space) || term || ''':' || case when is_last then '*' else '' end || '@'
    when length(term) = 2 then '''' || search_space_key(space) || substr(term, 2) || ''':*@'
    else (select '(' || string_agg('''' || search_space_key(space) || substr(term, place, 2) || ''':@', ' & ') || ')'
          from generate_series(2, length(term) - 1) as place)
  end
$$;

-- The tags of the space whose name has the term, as alternatives to it.
create function search_term_tags(space uuid, term text, is_last boolean) returns text
language sql stable strict
as $$
  select coalesce(string_agg(' | ''' || search_tag_lexeme(space, id) || '''', ''), '')
  from tags
  where space_id = space and position(case
    when term like '=%' then substr(term, 2) when is_last then ' ' || term else ' ' || term || ' ' end in tags.words) > 0
$$;

-- How alike two words are, from 0 to 1: by their trigrams, and two letters swapped count as one slip. What was typed last may
-- be the beginning of the word.
create function search_likeness(word text, typed text, swapped text[], is_last boolean) returns real
language sql immutable parallel safe
as $$
  select greatest(
    public.similarity(word, typed),
    case when is_last and length(word) > length(typed) then public.similarity(left(word, length(typed)), typed) end,
    case when word = any (swapped) or is_last and left(word, length(typed)) = any (swapped) then 0.9 end)
$$;

-- Words and tags of the space that were perhaps meant by a term, as alternatives to it; empty for terms too short to tell.
-- Only words that share more than their beginning are compared, and those that are the term with two letters swapped. The
-- space is compared by "is not distinct from", which no index serves: the trigrams have it, and reading all its words would cost.
create function search_term_corrections(space uuid, term text, is_last boolean) returns text
language sql stable strict
as $$
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
$$;

-- What to look for in a space, from the widest to the narrowest: all terms anywhere, in title or tags, in the title, and
-- in the title as whole words.
create function search_queries(space uuid, terms text[])
returns table (anywhere tsquery, in_title_or_tags tsquery, in_title tsquery, in_title_exactly tsquery)
language plpgsql stable strict rows 1
as $$
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
end $$;

-- The same with typing errors allowed: null where no term resembles another word of the space.
create function search_forgiving_query(space uuid, terms text[]) returns tsquery
language plpgsql stable strict
as $$
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
end $$;

-- Grams may stand apart: whether each run stands in the task as it was typed.
create function search_has_runs(task uuid, runs text[]) returns boolean language sql stable strict
as $$
  select not exists (
    select from unnest(runs) as run
    where position(run in search_fold(t.title)) = 0 and position(run in search_fold(t.notes)) = 0
      and not exists (select from task_tags join tags on tags.id = task_tags.tag_id
                      where task_tags.task_id = t.id and position(run in tags.words) > 0))
  from tasks t where t.id = task
$$;

-- The one way to search: the tasks in the asking person's spaces (or one of them) that have all words of a text, the newest
-- `matches_max` of them, ranked 5 title in whole words, 4 title, 3 title or tags, 2 anywhere. When there are less than
-- `few`, also those with words that resemble the text's, ranked 1. It runs as the owner, because row-level security would
-- keep the operator @@ from the index; so it must name the spaces itself.
create function search_tasks(search text, only_space uuid, matches_max integer, few integer)
returns table (task_id uuid, rank smallint)
language plpgsql stable security definer rows 200 set search_path = public, pg_temp set enable_seqscan = off
as $$
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
end $$;

-- The personal space of the one who asks, as a value that the planner knows when it plans.
create function my_personal_space() returns uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select id from spaces where created_by = current_person() and kind = 'personal' $$;

revoke all on function search_tasks(text, uuid, integer, integer), my_personal_space(),
  search_tasks_added(), search_task_changed(), search_tasks_removed(), search_tags_changed(),
  search_learn(uuid, tsvector), search_forget(uuid, text[]) from public;
grant execute on function search_tasks(text, uuid, integer, integer), my_personal_space() to daymark_app, daymark_worker;

alter table task_search enable row level security;
alter table task_search force row level security;
alter table search_vocabulary enable row level security;
alter table search_vocabulary force row level security;
-- Nobody but the functions above reads or writes these tables; they run as the owner.
create policy owner_all on task_search for all to current_user using (true) with check (true);
create policy owner_all on search_vocabulary for all to current_user using (true) with check (true);

-- The lists that GET /api/v1/tasks answers. Sorting on further criteria sorts only rows that are equal in the first.

-- Serves: a list in its own order.
create index tasks_in_list on tasks (list_id, position, id) where deleted_at is null;
-- Serves: a space by due date (the default order), dates from and to, what is overdue, and the count of a space.
create index tasks_by_due on tasks (space_id, due_sort, priority desc nulls last, created_at desc, id) where deleted_at is null;
-- Serves: tasks of a status by due date, and what is overdue where most of what is past is done.
create index tasks_by_status on tasks (space_id, status, due_sort, id) where deleted_at is null;
-- Serves: tasks of a priority, and sort=priority_desc,due_date_asc.
create index tasks_by_priority on tasks (space_id, priority desc nulls last, due_sort, id) where deleted_at is null;
-- Serves: sort=created_desc and created_asc.
create index tasks_by_created on tasks (space_id, created_at, id) where deleted_at is null;
-- Serves: sort=updated_desc and updated_asc.
create index tasks_by_updated on tasks (space_id, updated_at, id) where deleted_at is null;
-- Serves: sort=completed_desc, what was done last.
create index tasks_by_completed on tasks (space_id, completed_at desc nulls last, id) where deleted_at is null;
-- Serves: sort=title_asc and title_desc.
create index tasks_by_title on tasks (space_id, title collate human, id) where deleted_at is null;
-- Serves: tasks assigned to a person.
create index tasks_by_assignee on tasks (assignee_id, due_sort, id) where assignee_id is not null and deleted_at is null;
-- Serves: the trash, what was thrown away last first.
create index tasks_in_trash on tasks (space_id, deleted_at desc, id) where deleted_at is not null;
