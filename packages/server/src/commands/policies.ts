/**
 * Who may change what in a space, as functions that read as sentences. Who is no member does not learn that the space exists
 * (404); a member who may not is told so (403). The program itself, which acts for nobody, may do everything.
 */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Role } from '@daymark/core/contract/space.ts';
import { findRole } from '../store/spaces.ts';
import type { Change } from './command.ts';

/** Throws Problem `not_found` for who is no member and `forbidden` for a viewer. */
export function refuseNonEditor(role: Role | undefined): asserts role is 'owner' | 'editor' {
  if (role === undefined) throw new Problem('not_found', 'There is no such space.');
  if (role === 'viewer') throw new Problem('forbidden', 'Viewers may look at this space but not change it.');
}

/** Asks for the role of the person on whose behalf the command runs, and refuses viewers and strangers. */
export async function requireEditor(change: Change, spaceId: string): Promise<void> {
  if (change.personId === null) return;
  refuseNonEditor(await findRole(change, spaceId, change.personId));
}
