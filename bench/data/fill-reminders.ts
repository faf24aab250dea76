/** Reminders that are to fire, put into the tables of the program directly: making them over HTTP would take far longer than firing. */
import type { Database } from '../../packages/server/src/store/database.ts';
import type { Place } from '../frame/world.ts';

const peoplePerStatement = 50;

/**
 * Gives each person so many tasks with a reminder each. The first is due `in_ms` from now by PostgreSQL's clock, the others follow evenly
 * over `spread_ms`. Answers the moment of the first.
 */
export async function fillReminders(
  owner: Database,
  places: readonly Place[],
  options: { perPerson: number; in_ms: number; spread_ms: number; label: string },
): Promise<string> {
  const [clock] = await owner.sql.rows<{ first: string }>(
    `select clock_timestamp()::timestamptz(3) + make_interval(secs => $1::float8 / 1000) as first`,
    [options.in_ms],
  );
  const first = clock?.first ?? '';
  const total = places.length * options.perPerson;
  for (let from = 0; from < places.length; from += peoplePerStatement) {
    const part = places.slice(from, from + peoplePerStatement);
    await owner.sql.rows(
      `with due as (
         select gen_random_uuid() as id, person.id as person, person.space, lists.id as list,
           $4::timestamptz + make_interval(secs => (person.place + $5 - 1 + (turn - 1) * $6::float8) / $7 * $8 / 1000) as at
         from unnest($1::uuid[], $2::uuid[]) with ordinality as person (id, space, place)
           join lists on lists.space_id = person.space and lists.kind = 'inbox'
           cross join generate_series(1, $3::integer) as turn
       ), made as (
         insert into tasks (id, space_id, version, title, status, due_at, due_sort, due_local, timezone, list_id, position, created_by,
           created_at, updated_at)
         select id, space, 1, $9::text, 'todo', at, at, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS'), 'UTC', list, 'a0', person, now(), now()
         from due
       )
       insert into reminders (id, space_id, version, user_id, task_id, task_space_id, kind, origin, at, remind_at, fire_at, tz_version,
         state, correlation_id, created_at, updated_at)
       select gen_random_uuid(), space, 1, person, id, space, 'at', 'own', at, at, at, $10, 'planned', 'bench', now(), now() from due`,
      [
        part.map((place) => place.personId),
        part.map((place) => place.spaceId),
        options.perPerson,
        first,
        from,
        places.length,
        total,
        options.spread_ms,
        options.label,
        process.versions.tz ?? 'unknown',
      ],
    );
  }
  return first;
}
