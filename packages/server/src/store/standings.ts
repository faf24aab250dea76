/** What a person is in a space, as far as commands have to know: the role, and the zone that new tasks are in. */
import type { Role } from '@daymark/core/contract/space.ts';
import type { Sql } from './sql.ts';

export interface Standing {
  space_id: string;
  role: Role;
  timezone: string;
}

/** The person's standing in each of the spaces; absent where the person is no member. */
export async function findStandings(
  sql: Sql,
  spaceIds: readonly string[],
  personId: string,
): Promise<Map<string, Standing>> {
  const rows = await sql.rows<Standing>(
    `select memberships.space_id, memberships.role, people.timezone
     from memberships join people on people.id = memberships.user_id
     where memberships.space_id = any(array(select unnest($1::uuid[]))) and memberships.user_id = $2`,
    [spaceIds, personId],
  );
  return new Map(rows.map((row) => [row.space_id, row]));
}

/** Which of the people are members of which of the spaces. */
export function membersAmong(
  sql: Sql,
  spaceIds: readonly string[],
  personIds: readonly string[],
): Promise<{ space_id: string; user_id: string }[]> {
  return sql.rows<{ space_id: string; user_id: string }>(
    'select space_id, user_id from memberships where space_id = any(array(select unnest($1::uuid[]))) and user_id = any(array(select unnest($2::uuid[])))',
    [spaceIds, personIds],
  );
}

/** All spaces of a person. */
export async function spacesOfPerson(sql: Sql, personId: string): Promise<string[]> {
  const rows = await sql.rows<{ space_id: string }>('select space_id from memberships where user_id = $1', [personId]);
  return rows.map((row) => row.space_id);
}
