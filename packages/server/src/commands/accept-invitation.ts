/** Makes the holder of a link a member of the space it leads to. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Space } from '@daymark/core/contract/space.ts';
import { findInvitedSpace, useInvitation } from '../store/invitations.ts';
import { countMembers, findMember } from '../store/members.ts';
import { countSpaces, findSpace, insertMembership } from '../store/spaces.ts';
import { type Commands, type Intent, runCommand } from './command.ts';
import { personalSpaceOf } from './home-space.ts';
import { membersPerSpaceMax, spacesPerPersonMax } from './space-access.ts';

/** A link that never was and one that is over are answered alike. */
export const noSuchInvitation = (): Problem =>
  new Problem('not_found', 'This invitation is unknown, has expired, was revoked or was used up.');

/**
 * Answers the space. Accepting again changes nothing and uses nothing up. Runs on the worker login, because under row-level
 * security a person cannot see, lock or write in a space before being its member; what is allowed here hangs on the link alone.
 */
export async function acceptInvitation(
  worker: Commands,
  intent: Intent & { personId: string },
  secret: string,
): Promise<Space> {
  const { personId } = intent;
  const spaceId = await findInvitedSpace(worker.db.sql, secret);
  if (spaceId === undefined) throw noSuchInvitation();
  const by = { ...intent, personId: null, actorId: personId };
  // The personal space stands for the person, whose spaces are counted.
  const personalId = await personalSpaceOf(worker.db.sql, personId);
  return runCommand(worker, by, [spaceId, personalId], async (change) => {
    const already = await findSpace(change, spaceId, personId);
    if (already) return already;
    const role = await useInvitation(change, secret);
    if (role === undefined) throw noSuchInvitation();
    const [{ members }, spaces] = await Promise.all([countMembers(change, spaceId), countSpaces(change, personId)]);
    if (members >= membersPerSpaceMax)
      throw new Problem('conflict', `A space has at most ${membersPerSpaceMax} members.`);
    if (spaces >= spacesPerPersonMax)
      throw new Problem('conflict', `A person is in at most ${spacesPerPersonMax} spaces.`);
    await insertMembership(change, { spaceId, userId: personId, role, now: change.now });
    const [member, space] = await Promise.all([
      findMember(change, spaceId, personId),
      findSpace(change, spaceId, personId),
    ]);
    if (!member || !space) throw new Error('a new member is not found');
    const changes = { role: [null, role] as [unknown, unknown] };
    change.append(spaceId, { type: 'member.added', entityId: personId, snapshot: member, changes });
    return space;
  });
}
