/** Makes and revokes invitations to a space. */
import { randomUUIDv7 } from 'node:crypto';
import { Problem } from '@daymark/core/contract/problem.ts';
import { type Invitation, type InvitationCreate, invitationDaysMax } from '@daymark/core/contract/space.ts';
import type { z } from 'zod';
import { countInvitations, deleteClosedInvitations, deleteInvitation, insertInvitation } from '../store/invitations.ts';
import { holdMailsTo, insertMail, mailsLately } from '../store/outgoing-mails.ts';
import { findProfile } from '../store/people.ts';
import { newSecret } from '../store/tokens.ts';
import { type Change, type Commands, type Intent, runCommand } from './command.ts';
import { invitationMail } from './mail-texts.ts';
import { requireOwner, requireShared } from './space-access.ts';

const invitationsPerSpaceMax = 100;
const invitationDaysDefault = 7;
/** Within a day, to one address whoever asks, and at one person's wish. */
const mailsPerAddressMax = 10;
const mailsPerPersonMax = 50;
const mailWindow_h = 24;
const day_ms = 24 * 3600 * 1000;

/**
 * `origin` is where whoever asks reaches the server, for the link in the answer; `mailOrigin` is where the server says that it is
 * reached, for the link in a mail: what a request claims of itself must not lead others astray. The secret is in this answer alone: a request repeated with the same
 * idempotency key is answered without `token` and `url`.
 */
export async function createInvitation(
  commands: Commands,
  intent: Intent & { personId: string },
  spaceId: string,
  body: z.infer<typeof InvitationCreate>,
  options: { origin: string; mailOrigin: string | null; sendsMail: boolean },
): Promise<Invitation> {
  if (body.email !== undefined && (!options.sendsMail || options.mailOrigin === null)) {
    const message = 'cannot be used: this server sends no mail';
    throw new Problem('validation_failed', `email: ${message}`, { errors: [{ path: 'email', message }] });
  }
  const secrets = new Map<string, string>();
  const invitation = await runCommand(commands, intent, [spaceId], async (change) => {
    const space = await requireOwner(change, spaceId, intent.personId);
    requireShared(space);
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
    if (body.email !== undefined && options.mailOrigin !== null) {
      const url = urlOf(options.mailOrigin, secret);
      await mailInvitation(change, { by: intent.personId, spaceName: space.name, email: body.email, url });
    }
    return made;
  });
  const token = secrets.get(invitation.id);
  return token === undefined ? invitation : { ...invitation, token, url: urlOf(options.origin, token) };
}

const urlOf = (origin: string, secret: string): string => `${origin}/join/${secret}`;

/** Throws Problem `rate_limited`. */
async function mailInvitation(
  change: Change,
  invitation: { by: string; spaceName: string; email: string; url: string },
): Promise<void> {
  const { by, spaceName, email, url } = invitation;
  await holdMailsTo(change, email);
  const [lately, inviter] = await Promise.all([mailsLately(change, email, by, mailWindow_h), findProfile(change, by)]);
  if (lately.ofAddress >= mailsPerAddressMax || lately.ofPerson >= mailsPerPersonMax) {
    throw new Problem(
      'rate_limited',
      'Too many invitations were sent by mail: send the link yourself, or wait a day.',
      {
        retryAfter_s: mailWindow_h * 3600,
      },
    );
  }
  if (!inviter) throw new Error('a person without a profile');
  const content = invitationMail(inviter, spaceName, url);
  await insertMail(change, { id: randomUUIDv7(), kind: 'invitation', address: email, askedBy: by, content });
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
