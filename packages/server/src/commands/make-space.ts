/** What every new space begins with, personal or shared: its owner and its Inbox, each with its event. */
import { randomUUIDv7 } from 'node:crypto';
import type { Member, Space } from '@daymark/core/contract/space.ts';
import { insertMembership, insertSpace, presentSpace } from '../store/spaces.ts';
import type { Change } from './command.ts';

/** The first position among siblings. */
const firstPosition = 'a0';

/** Makes a space owned by `owner` inside the command at hand and answers it as sync frames show it. */
export async function makeSpace(
  change: Change,
  options: { kind: Space['kind']; name: string; owner: { id: string; name: string; email: string } },
): Promise<Space> {
  const { kind, name, owner } = options;
  const { now } = change;
  const id = randomUUIDv7();
  const inboxId = randomUUIDv7();
  change.openSpace(id);
  const space = presentSpace({ id, version: 1, kind, name, inbox_id: inboxId, created_at: now, updated_at: now });
  await insertSpace(change, { id, kind, name, createdBy: owner.id, version: 1, now });
  await insertMembership(change, { spaceId: id, userId: owner.id, role: 'owner', now });
  change.append(id, { type: 'space.created', entityId: id, snapshot: space, changes: { name: [null, name] } });

  const member: Member = {
    user_id: owner.id,
    space_id: id,
    name: owner.name,
    email: owner.email,
    role: 'owner',
    joined_at: now,
  };
  change.append(id, { type: 'member.added', entityId: owner.id, snapshot: member, changes: { role: [null, 'owner'] } });

  const version = change.nextVersion(id);
  await change.count(
    `insert into lists (id, space_id, version, name, kind, colour, position, created_at, updated_at)
     values ($1, $2, $3, 'Inbox', 'inbox', 'grey', $4, $5, $5)`,
    [inboxId, id, version, firstPosition, now],
  );
  const inbox = {
    id: inboxId,
    space_id: id,
    version,
    name: 'Inbox',
    kind: 'inbox',
    colour: 'grey',
    position: firstPosition,
    archived_at: null,
    created_at: now,
    updated_at: now,
  };
  change.append(id, { type: 'list.created', entityId: inboxId, snapshot: inbox, changes: { name: [null, 'Inbox'] } });
  return space;
}
