/** Changes the caller's profile. */
import { isDeepStrictEqual } from 'node:util';
import type { MeChange } from '@daymark/core/contract/person.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { nextDigestAt } from '@daymark/core/reminders/digest.ts';
import { setDigestAt } from '../store/digests.ts';
import { findMembershipsOf } from '../store/members.ts';
import { findProfile, type Profile, updateProfile } from '../store/people.ts';
import { type Change, type Commands, type Intent, runCommand } from './command.ts';

/**
 * Answers the profile as it is then. A new name is also told to the spaces in which others read it. `commands` are those of the
 * app login.
 */
export async function changeMe(
  commands: Commands,
  intent: Intent & { personId: string },
  body: MeChange,
): Promise<Profile> {
  const { personId } = intent;
  const memberships = await commands.db.readAs(personId, (sql) => findMembershipsOf(sql, personId));
  const personal = memberships.find((membership) => membership.kind === 'personal');
  if (!personal) throw new Problem('unavailable', 'The account is still being made ready.');
  const shared = body.name === undefined ? [] : memberships.filter((membership) => membership.kind === 'shared');
  const spaceIds = [personal.space_id, ...shared.map((membership) => membership.space_id)];

  return runCommand(commands, intent, spaceIds, async (change) => {
    const before = await findProfile(change, personId);
    if (!before) throw new Error('a person without a profile');
    const after = changed(before, body);
    const changes = differences(before, after);
    if (Object.keys(changes).length === 0) return before;
    await updateProfile(change, after, change.now);
    if (changes.digest_time || changes.timezone) await setDigestAt(change, personId, digestAfter(change.now, after));
    change.append(personal.space_id, { type: 'user.updated', entityId: personId, snapshot: after, changes });
    if (changes.name) await tellSpaces(change, personId, new Set(spaceIds), changes.name);
    return after;
  });
}

/** A digest of today that is still to come is found again; one that was sent is not sent twice. */
const digestAfter = (now: string, { digest_time, timezone }: Profile): string | null =>
  digest_time === null ? null : nextDigestAt(now, digest_time, timezone);

function changed(before: Profile, body: MeChange): Profile {
  const { channels = {}, ...fields } = body;
  return { ...before, ...given(fields), channels: { ...before.channels, ...given(channels) } };
}

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };

/** Without the fields that are there but undefined: they would overwrite. */
function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}

function differences(before: Profile, after: Profile): Record<string, [unknown, unknown]> {
  const names = Object.keys(after) as (keyof Profile)[];
  const different = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(different.map((name) => [name, [before[name], after[name]] as [unknown, unknown]]));
}

/** The spaces that the person belongs to now; one joined in the meantime is not locked and has the new name already. */
async function tellSpaces(
  change: Change,
  personId: string,
  locked: ReadonlySet<string>,
  name: [unknown, unknown],
): Promise<void> {
  for (const { kind, ...member } of await findMembershipsOf(change, personId)) {
    if (kind !== 'shared' || !locked.has(member.space_id)) continue;
    change.append(member.space_id, { type: 'member.changed', entityId: personId, snapshot: member, changes: { name } });
  }
}
