/** Makes a shared space, owned by whoever makes it. */

import { Problem } from '@daymark/core/contract/problem.ts';
import type { Space, SpaceCreate } from '@daymark/core/contract/space.ts';
import type { z } from 'zod';
import { findProfile } from '../store/people.ts';
import { countSpaces } from '../store/spaces.ts';
import type { Sql } from '../store/sql.ts';
import type { Commands, Intent } from './command.ts';
import { personalSpaceOf } from './home-space.ts';
import { makeSpace } from './make-space.ts';
import { runWhere } from './run-where.ts';
import { spacesPerPersonMax } from './space-access.ts';

/** Throws Problem `conflict` when the person is in too many spaces. */
export function createSpace(
  commands: Commands,
  intent: Intent & { personId: string },
  body: z.infer<typeof SpaceCreate>,
): Promise<Space> {
  // Under the lock of the personal space, which stands for the person: so of many requests at once no two count the same.
  const find = async (sql: Sql) => [await personalSpaceOf(sql, intent.personId)];
  return runWhere(commands, intent, find, async (change) => {
    const [owner, spaces] = await Promise.all([
      findProfile(change, intent.personId),
      countSpaces(change, intent.personId),
    ]);
    if (!owner) throw new Error('a person without a profile');
    if (spaces >= spacesPerPersonMax)
      throw new Problem('conflict', `A person is in at most ${spacesPerPersonMax} spaces.`);
    return { ...(await makeSpace(change, { kind: 'shared', name: body.name, owner })), role: 'owner' as const };
  });
}
