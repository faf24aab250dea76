/** Who belongs to which space, and as what. */
import type { Member, Role, Space } from '@daymark/core/contract/space.ts';
import type { Sql } from './sql.ts';

const memberColumns = `memberships.user_id, memberships.space_id, people.name, people.email, memberships.role,
  memberships.joined_at`;
const memberTables = 'memberships join people on people.id = memberships.user_id';

/** The members of a space, in the order in which they joined: at most `limit`. */
export function listMembers(sql: Sql, spaceId: string, limit: number): Promise<Member[]> {
  return sql.rows<Member>(
    `select ${memberColumns} from ${memberTables} where memberships.space_id = $1 order by joined_at, user_id limit $2`,
    [spaceId, limit],
  );
}

export async function findMember(sql: Sql, spaceId: string, userId: string): Promise<Member | undefined> {
  const rows = await sql.rows<Member>(
    `select ${memberColumns} from ${memberTables} where memberships.space_id = $1 and memberships.user_id = $2`,
    [spaceId, userId],
  );
  return rows[0];
}

/** A person's memberships, each with the kind of its space. */
export function findMembershipsOf(sql: Sql, userId: string): Promise<(Member & { kind: Space['kind'] })[]> {
  return sql.rows<Member & { kind: Space['kind'] }>(
    `select ${memberColumns}, spaces.kind
     from ${memberTables} join spaces on spaces.id = memberships.space_id where memberships.user_id = $1`,
    [userId],
  );
}

export async function countMembers(sql: Sql, spaceId: string): Promise<{ members: number; owners: number }> {
  const rows = await sql.rows<{ members: number; owners: number }>(
    `select count(*) as members, count(*) filter (where role = 'owner') as owners from memberships where space_id = $1`,
    [spaceId],
  );
  return rows[0] ?? { members: 0, owners: 0 };
}

export function updateRole(sql: Sql, spaceId: string, userId: string, role: Role): Promise<number> {
  return sql.count('update memberships set role = $3 where space_id = $1 and user_id = $2', [spaceId, userId, role]);
}

export function deleteMembership(sql: Sql, spaceId: string, userId: string): Promise<number> {
  return sql.count('delete from memberships where space_id = $1 and user_id = $2', [spaceId, userId]);
}

/** The member of a space who has this name, whole or as first name, in any case; undefined where there is none or several. */
export async function memberNamed(sql: Sql, spaceId: string, name: string): Promise<string | undefined> {
  const rows = await sql.rows<{ user_id: string }>(
    `select memberships.user_id from memberships join people on people.id = memberships.user_id
     where memberships.space_id = $1 and lower($2) in (lower(people.name), lower(split_part(people.name, ' ', 1)))
     limit 2`,
    [spaceId, name],
  );
  return rows.length === 1 ? rows[0]?.user_id : undefined;
}
