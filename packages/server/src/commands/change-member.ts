/** Changes the role of a member, and removes members: by an owner, or by the member who leaves. A space keeps an owner. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Member, Role, Space } from '@daymark/core/contract/space.ts';
import { countMembers, deleteMembership, findMember, updateRole } from '../store/members.ts';
import { findSpace } from '../store/spaces.ts';
import { type Change, type Commands, type Intent, runCommand } from './command.ts';
import { noSuchSpace, requireOwner, requireShared } from './space-access.ts';

const noSuchMember = (): Problem => new Problem('not_found', 'There is no such member.');

/** Throws Problem `conflict` when the space would be without an owner. */
export function changeMember(
  commands: Commands,
  intent: Intent & { personId: string },
  spaceId: string,
  userId: string,
  role: Role,
): Promise<Member> {
  return runCommand(commands, intent, [spaceId], async (change) => {
    requireShared(await requireOwner(change, spaceId, intent.personId));
    const before = await findMember(change, spaceId, userId);
    if (!before) throw noSuchMember();
    if (before.role === role) return before;
    if (before.role === 'owner') await requireAnotherOwner(change, spaceId);
    await updateRole(change, spaceId, userId, role);
    const member = { ...before, role };
    const changes = { role: [before.role, role] as [unknown, unknown] };
    change.append(spaceId, { type: 'member.changed', entityId: userId, snapshot: member, changes });
    return member;
  });
}

/**
 * `app` and `worker` are the commands on both logins. Who leaves is no member any more when the event is written, so leaving runs
 * on the worker login; its answer is not kept under an idempotency key, and leaving twice is `not_found`.
 */
export async function removeMember(
  { app, worker }: { app: Commands; worker: Commands },
  intent: Intent & { personId: string },
  spaceId: string,
  userId: string,
): Promise<void> {
  const { personId } = intent;
  const leaves = personId === userId;
  const [commands, by] = leaves ? [worker, { ...intent, personId: null, actorId: personId }] : [app, intent];
  await runCommand(commands, by, [spaceId], async (change) => {
    const space: Space | undefined = leaves
      ? await findSpace(change, spaceId, personId)
      : await requireOwner(change, spaceId, personId);
    if (!space) throw noSuchSpace();
    requireShared(space);
    const member = await findMember(change, spaceId, userId);
    if (!member) throw noSuchMember();
    if (member.role === 'owner') await requireAnotherOwner(change, spaceId);
    await deleteMembership(change, spaceId, userId);
    const changes = { role: [member.role, null] as [unknown, unknown] };
    change.append(spaceId, { type: 'member.removed', entityId: userId, snapshot: null, changes });
    return null;
  });
}

async function requireAnotherOwner(change: Change, spaceId: string): Promise<void> {
  const { owners } = await countMembers(change, spaceId);
  if (owners < 2) throw new Problem('conflict', 'A space keeps an owner: make someone else an owner first.');
}
