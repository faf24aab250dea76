/** What a space asks of those who change it as a space: its name, its members, its invitations. */

import { Problem } from '@daymark/core/contract/problem.ts';
import type { Space } from '@daymark/core/contract/space.ts';
import { findSpace } from '../store/spaces.ts';
import type { Sql } from '../store/sql.ts';

export const spacesPerPersonMax = 200;
export const membersPerSpaceMax = 500;

export const noSuchSpace = (): Problem => new Problem('not_found', 'There is no such space.');

/** The space as its owner sees it. Throws Problem `not_found` for those who are no members, `forbidden` for those who are no owners. */
export async function requireOwner(sql: Sql, spaceId: string, personId: string): Promise<Space> {
  const space = await findSpace(sql, spaceId, personId);
  if (!space) throw noSuchSpace();
  if (space.role !== 'owner') throw new Problem('forbidden', 'Only an owner of the space may do this.');
  return space;
}

/** Throws Problem `conflict` for a personal space, which has one member for ever. */
export function requireShared(space: Space): void {
  if (space.kind === 'personal') throw new Problem('conflict', 'A personal space has no other members.');
}
