/**
 * Invitations: links that let whoever holds one into a space. Only the SHA-256 of the secret in a link is kept. Those that ran
 * out or were used up are removed when the next one is made.
 */
import type { Invitation, InvitationOffer, Role } from '@daymark/core/contract/space.ts';
import type { z } from 'zod';
import type { Sql } from './sql.ts';
import { hashOfSecret } from './tokens.ts';

const columns = 'id, space_id, role, created_by, created_at, expires_at, uses_max, uses';
const isOpen = 'expires_at > now() and uses < uses_max';

/** The invitations of a space that still let people in, the newest first: at most `limit`. */
export function listInvitations(sql: Sql, spaceId: string, limit: number): Promise<Invitation[]> {
  return sql.rows<Invitation>(
    `select ${columns} from invitations where space_id = $1 and ${isOpen} order by id desc limit $2`,
    [spaceId, limit],
  );
}

export async function countInvitations(sql: Sql, spaceId: string): Promise<number> {
  const rows = await sql.rows<{ count: number }>(`select count(*) from invitations where space_id = $1 and ${isOpen}`, [
    spaceId,
  ]);
  return rows[0]?.count ?? 0;
}

export async function insertInvitation(
  sql: Sql,
  invitation: {
    id: string;
    spaceId: string;
    role: Role;
    secret: string;
    createdBy: string;
    expiresAt: string;
    usesMax: number;
    now: string;
  },
): Promise<Invitation> {
  const { id, spaceId, role, secret, createdBy, expiresAt, usesMax, now } = invitation;
  const rows = await sql.rows<Invitation>(
    `insert into invitations (id, space_id, role, hash, created_by, created_at, expires_at, uses_max)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [id, spaceId, role, hashOfSecret(secret), createdBy, now, expiresAt, usesMax],
  );
  return rows[0] as Invitation;
}

/** Removes an invitation of a space and answers what it was. */
export async function deleteInvitation(sql: Sql, spaceId: string, id: string): Promise<Invitation | undefined> {
  const rows = await sql.rows<Invitation>(
    `delete from invitations where space_id = $1 and id = $2 returning ${columns}`,
    [spaceId, id],
  );
  return rows[0];
}

/** Removes the invitations of a space that let nobody in any more. */
export function deleteClosedInvitations(sql: Sql, spaceId: string): Promise<number> {
  return sql.count(`delete from invitations where space_id = $1 and not (${isOpen})`, [spaceId]);
}

/** What a link offers; undefined when it lets nobody in. Needs no person: whoever holds the link may ask. */
export async function findInvitationOffer(
  sql: Sql,
  secret: string,
): Promise<z.infer<typeof InvitationOffer> | undefined> {
  const rows = await sql.rows<z.infer<typeof InvitationOffer>>(
    'select space_name, role, invited_by, expires_at from invitation_offer($1)',
    [hashOfSecret(secret)],
  );
  return rows[0];
}

/** The space that a link leads to, open or not. On the worker login. */
export async function findInvitedSpace(sql: Sql, secret: string): Promise<string | undefined> {
  const rows = await sql.rows<{ space_id: string }>('select space_id from invitations where hash = $1', [
    hashOfSecret(secret),
  ]);
  return rows[0]?.space_id;
}

/** Uses a link once, in one statement, and answers the role it gives; undefined when it lets nobody in. On the worker login. */
export async function useInvitation(sql: Sql, secret: string): Promise<Role | undefined> {
  const rows = await sql.rows<{ role: Role }>(
    `update invitations set uses = uses + 1 where hash = $1 and ${isOpen} returning role`,
    [hashOfSecret(secret)],
  );
  return rows[0]?.role;
}

/** Takes one of the accounts that a link may make; false when it makes no more. On the worker login. */
export async function takeSignUp(sql: Sql, secret: string): Promise<boolean> {
  const taken = await sql.count(
    `update invitations set sign_ups = sign_ups + 1 where hash = $1 and sign_ups < uses_max and ${isOpen}`,
    [hashOfSecret(secret)],
  );
  return taken === 1;
}

/** Gives it back, because no account was made. */
export async function giveSignUpBack(sql: Sql, secret: string): Promise<void> {
  await sql.count('update invitations set sign_ups = sign_ups - 1 where hash = $1', [hashOfSecret(secret)]);
}
