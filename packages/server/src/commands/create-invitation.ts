/** Makes and revokes invitations to a space. */
import { randomUUIDv7 } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import { type Invitation, type InvitationCreate, invitationDaysMax } from '@daymark/core/contract/space.ts';
import type { z } from 'zod';
import { countInvitations, deleteClosedInvitations, deleteInvitation, insertInvitation } from '../store/invitations.ts';
import { newSecret } from '../store/tokens.ts';
import { type Commands, type Intent, runCommand } from './command.ts';
import { requireOwner, requireShared } from './space-access.ts';

const invitationsPerSpaceMax = 100;
const invitationDaysDefault = 7;
const day_ms = 24 * 3600 * 1000;

/**
 * `origin` is where people reach the server, for the link. The secret is in this answer alone: a request repeated with the same
 * idempotency key is answered without `token` and `url`.
 */
export async function createInvitation(
  commands: Commands,
  intent: Intent & { personId: string },
  spaceId: string,
  body: z.infer<typeof InvitationCreate>,
  options: { origin: string },
): Promise<Invitation> {
  const secrets = new Map<string, string>();
  const invitation = await runCommand(commands, intent, [spaceId], async (change) => {
    requireShared(await requireOwner(change, spaceId, intent.personId));
    await deleteClosedInvitations(change, spaceId);
    if ((await countInvitations(change, spaceId)) >= invitationsPerSpaceMax) {
      throw new Problem(
        'conflict',
        `A space has at most ${invitationsPerSpaceMax} open invitations: revoke some first.`,
      );
    }
    const id = randomUUIDv7();
    const secret = newSecret();
    secrets.set(id, secret);
    const made = await insertInvitation(change, {
      id,
      spaceId,
      role: body.role,
      secret,
      createdBy: intent.personId,
      expiresAt: endOf(body.expires_at, change.now),
      usesMax: body.uses_max,
      now: change.now,
    });
    const changes = { role: [null, made.role] as [unknown, unknown] };
    change.append(spaceId, { type: 'invitation.created', entityId: id, snapshot: made, changes });
    return made;
  });
  const token = secrets.get(invitation.id);
  return token === undefined ? invitation : { ...invitation, token, url: `${options.origin}/join/${token}` };
}

function endOf(wanted: string | undefined, now: string): string {
  if (wanted === undefined) return new Date(Date.parse(now) + invitationDaysDefault * day_ms).toISOString();
  const ahead_ms = Date.parse(wanted) - Date.parse(now);
  if (ahead_ms > 0 && ahead_ms <= invitationDaysMax * day_ms) return wanted;
  const message = `must lie in the future, at most ${invitationDaysMax} days ahead`;
  throw new Problem('validation_failed', `expires_at: ${message}`, { errors: [{ path: 'expires_at', message }] });
}

/** Throws Problem `not_found` when the space has no such invitation. */
export async function revokeInvitation(
  commands: Commands,
  intent: Intent & { personId: string },
  spaceId: string,
  invitationId: string,
): Promise<void> {
  await runCommand(commands, intent, [spaceId], async (change) => {
    await requireOwner(change, spaceId, intent.personId);
    const gone = await deleteInvitation(change, spaceId, invitationId);
    if (!gone) throw new Problem('not_found', 'There is no such invitation.');
    const changes = { role: [gone.role, null] as [unknown, unknown] };
    change.append(spaceId, { type: 'invitation.revoked', entityId: invitationId, snapshot: null, changes });
    return null;
  });
}
