-- What commands on tasks ask the database beyond the tables themselves.

-- Which of these ids are taken, by tasks of whatever space. Who inserts a task under a taken id is refused anyway; asking first
-- lets one such task in a bulk request fail by itself.
create function taken_task_ids(ids uuid[]) returns setof uuid language sql stable security definer set search_path = public, pg_temp
  as $$ select id from tasks where id = any(ids) $$;

revoke all on function taken_task_ids(uuid[]) from public;
grant execute on function taken_task_ids(uuid[]) to daymark_app, daymark_worker;
