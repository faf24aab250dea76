/** Gives a space another name. */

import { Problem } from '@daymark/core/contract/problem.ts';
import type { Space, SpaceChange } from '@daymark/core/contract/space.ts';
import type { z } from 'zod';
import { updateSpaceName } from '../store/spaces.ts';
import { type Commands, type Intent, runCommand } from './command.ts';
import { requireOwner } from './space-access.ts';

/** `ifVersion` is the version that the client saw. Throws Problem `version_conflict` when it is no longer the present one. */
export function renameSpace(
  commands: Commands,
  intent: Intent & { personId: string },
  spaceId: string,
  body: z.infer<typeof SpaceChange>,
  options: { ifVersion?: number | undefined } = {},
): Promise<Space> {
  return runCommand(commands, intent, [spaceId], async (change) => {
    const before = await requireOwner(change, spaceId, intent.personId);
    if (options.ifVersion !== undefined && options.ifVersion !== before.version) {
      throw new Problem('version_conflict', undefined, { extras: { current: before } });
    }
    if (before.name === body.name) return before;
    const { role, ...shown } = {
      ...before,
      name: body.name,
      version: change.nextVersion(spaceId),
      updated_at: change.now,
    };
    await updateSpaceName(change, { id: spaceId, name: shown.name, version: shown.version, now: change.now });
    const changes = { name: [before.name, shown.name] as [unknown, unknown] };
    change.append(spaceId, { type: 'space.updated', entityId: spaceId, snapshot: shown, changes });
    return { ...shown, ...(role && { role }) };
  });
}
