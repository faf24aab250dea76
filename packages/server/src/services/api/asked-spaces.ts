/** Which spaces a list looks into: the named one, all of the person's, or the personal one. */
import { Problem } from '@daymark/core/contract/problem.ts';
import { personalSpaceOf } from '../../commands/home-space.ts';
import type { Sql } from '../../store/sql.ts';
import { spacesOfPerson } from '../../store/standings.ts';

/** Throws Problem `not_found` for a space the person is not in. */
export async function askedSpaces(sql: Sql, personId: string, named: string | undefined): Promise<string[]> {
  if (named === undefined) return [await personalSpaceOf(sql, personId)];
  const all = await spacesOfPerson(sql, personId);
  if (named === 'all') return all;
  if (!all.includes(named)) throw new Problem('not_found', 'There is no such space.');
  return [named];
}
