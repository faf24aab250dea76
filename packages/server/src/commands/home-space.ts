/** Where something new goes: to the named space, else to the person's own. */
import { Problem } from '@daymark/core/contract/problem.ts';
import { findPersonalSpace } from '../store/spaces.ts';
import type { Sql } from '../store/sql.ts';
import type { Intent } from './command.ts';

/** Throws Problem `not_found` where the person has no personal space, or is none. */
export async function personalSpaceOf(sql: Sql, personId: string | null): Promise<string> {
  const personal = personId === null ? undefined : await findPersonalSpace(sql, personId);
  if (personal === undefined) throw new Problem('not_found', 'There is no personal space.');
  return personal;
}

/** How to find the space of something new, for `runWhere`. */
export const findHomeSpace =
  (intent: Intent, named: string | undefined) =>
  async (sql: Sql): Promise<readonly string[]> => [named ?? (await personalSpaceOf(sql, intent.personId))];
