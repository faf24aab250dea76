/** Spaces and who belongs to them. */
import type { Role, Space } from '@daymark/core/contract/space.ts';
import type { Sql } from './sql.ts';

export interface SpaceRow {
  id: string;
  version: number;
  kind: 'personal' | 'shared';
  name: string;
  inbox_id: string;
  created_at: string;
  updated_at: string;
}

export const spaceColumns = `spaces.id, spaces.version, spaces.kind, spaces.name, spaces.created_at, spaces.updated_at,
  (select lists.id from lists where lists.space_id = spaces.id and lists.kind = 'inbox') as inbox_id`;

/** A space as the API shows it; sync frames leave the caller's own role out. */
export function presentSpace(row: SpaceRow, role?: Role): Space {
  const { id, version, kind, name, inbox_id, created_at, updated_at } = row;
  return { id, version, kind, name, ...(role && { role }), inbox_id, created_at, updated_at };
}

export async function findPersonalSpace(sql: Sql, personId: string): Promise<string | undefined> {
  const rows = await sql.rows<{ id: string }>(`select id from spaces where created_by = $1 and kind = 'personal'`, [
    personId,
  ]);
  return rows[0]?.id;
}

/** The role of a person in a space; undefined when not a member. */
export async function findRole(sql: Sql, spaceId: string, personId: string): Promise<Role | undefined> {
  const rows = await sql.rows<{ role: Role }>('select role from memberships where space_id = $1 and user_id = $2', [
    spaceId,
    personId,
  ]);
  return rows[0]?.role;
}

export function insertSpace(
  sql: Sql,
  space: { id: string; kind: SpaceRow['kind']; name: string; createdBy: string; version: number; now: string },
): Promise<number> {
  return sql.count(
    `insert into spaces (id, kind, name, created_by, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6)`,
    [space.id, space.kind, space.name, space.createdBy, space.version, space.now],
  );
}

export function insertMembership(
  sql: Sql,
  membership: { spaceId: string; userId: string; role: Role; now: string },
): Promise<number> {
  return sql.count('insert into memberships (space_id, user_id, role, joined_at) values ($1, $2, $3, $4)', [
    membership.spaceId,
    membership.userId,
    membership.role,
    membership.now,
  ]);
}

/** A space as one of its members sees it. */
export async function findSpace(sql: Sql, spaceId: string, userId: string): Promise<Space | undefined> {
  const rows = await sql.rows<SpaceRow & { role: Role }>(
    `select ${spaceColumns}, memberships.role from spaces
     join memberships on memberships.space_id = spaces.id and memberships.user_id = $2 where spaces.id = $1`,
    [spaceId, userId],
  );
  return rows[0] && presentSpace(rows[0], rows[0].role);
}

/** The spaces of a person: the personal one, then the others by name; at most `limit`. */
export async function listSpaces(sql: Sql, userId: string, limit: number): Promise<Space[]> {
  const rows = await sql.rows<SpaceRow & { role: Role }>(
    `select ${spaceColumns}, memberships.role from memberships join spaces on spaces.id = memberships.space_id
     where memberships.user_id = $1 order by spaces.kind, lower(spaces.name), spaces.id limit $2`,
    [userId, limit],
  );
  return rows.map((row) => presentSpace(row, row.role));
}

export async function countSpaces(sql: Sql, userId: string): Promise<number> {
  const rows = await sql.rows<{ count: number }>('select count(*) from memberships where user_id = $1', [userId]);
  return rows[0]?.count ?? 0;
}

export function updateSpaceName(
  sql: Sql,
  space: { id: string; name: string; version: number; now: string },
): Promise<number> {
  return sql.count('update spaces set name = $2, version = $3, updated_at = $4 where id = $1', [
    space.id,
    space.name,
    space.version,
    space.now,
  ]);
}
