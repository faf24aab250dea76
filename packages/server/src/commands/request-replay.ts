/** An administrator asks that a dead letter be handed to its consumer once more. */
import type { DeadLetter } from '@daymark/core/contract/operations.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { beginAs } from '../store/database.ts';
import { requestReplay } from '../store/dead-letters.ts';
import type { Commands } from './command.ts';

/**
 * Answers the letter with the request on it; one that was replayed already stays as it is. Throws Problem `not_found` when there is
 * none, also for whoever is no administrator.
 */
export async function requestDeadLetterReplay(
  commands: Pick<Commands, 'db' | 'wakes'>,
  personId: string,
  id: string,
): Promise<DeadLetter> {
  const begin = beginAs(personId, 'read write');
  const letter = await commands.db.transaction((sql) => requestReplay(sql, id, personId), begin);
  if (!letter) throw new Problem('not_found', 'There is no such dead letter.');
  commands.wakes.changed([letter.space_id]);
  return letter;
}
