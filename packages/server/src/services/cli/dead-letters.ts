/** `daymark dead-letters`: events that a consumer gave up, and giving it them once more. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter } from '@daymark/core/contract/operations.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import type { Database } from '../../store/database.ts';
import { type DeadLetterPlace, findDeadLetter, listDeadLetters, requestReplay } from '../../store/dead-letters.ts';
import type { Wakes } from '../../store/wakes.ts';

const lettersAtOnce = 200;
const replayLook_ms = 200;
/** The slow poll of a consumer that no wake-up reaches comes within this. */
const replayPatience_ms = 10_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `daymark dead-letters list [--consumer name] [--all]`: newest first; replayed ones only with `all`. On the login `worker`. */
export async function deadLettersList(
  db: Database,
  options: { consumer?: string | undefined; all?: boolean | undefined },
  print: (line: string) => void,
): Promise<number> {
  let beyond: DeadLetterPlace | null = null;
  let count = 0;
  for (;;) {
    const letters: DeadLetter[] = await listDeadLetters(db.sql, {
      consumer: options.consumer ?? null,
      replayed: options.all ?? false,
      beyond,
      limit: lettersAtOnce,
    });
    for (const letter of letters) {
      print(
        `${letter.id}  ${letter.died_at}  ${letter.consumer}  ${letter.event_type}  ${stateOf(letter)}  ${letter.error}`,
      );
    }
    count += letters.length;
    const last = letters.at(-1);
    if (!last || letters.length < lettersAtOnce) break;
    beyond = last;
  }
  print(`${count} dead letters`);
  return 0;
}

function stateOf(letter: DeadLetter): string {
  if (letter.replayed_at !== null) return 'replayed';
  return letter.replay_requested_at === null ? 'dead' : 'to be replayed';
}

/** `daymark dead-letters show <id>`. Throws OperatorError when there is none. */
export async function deadLettersShow(db: Database, id: string, print: (line: string) => void): Promise<number> {
  const letter = uuid.test(id) ? await findDeadLetter(db.sql, id) : undefined;
  if (!letter) throw noSuchLetter(id);
  for (const [name, value] of Object.entries(letter)) print(`${name}: ${value ?? '-'}`);
  return 0;
}

/**
 * `daymark dead-letters replay <id>`: asks the consumer, which runs elsewhere, and waits a while for what comes of it. Answers 0 when
 * it was replayed, 1 when it failed again or no consumer has taken it up. Throws OperatorError when there is no such letter.
 */
export async function deadLettersReplay(
  db: Database,
  wakes: Pick<Wakes, 'changed'>,
  id: string,
  print: (line: string) => void,
  options: { patience_ms?: number } = {},
): Promise<number> {
  const before = uuid.test(id) ? await requestReplay(db.sql, id, null) : undefined;
  if (!before) throw noSuchLetter(id);
  if (before.replayed_at !== null) {
    print(`${id} was replayed already, at ${before.replayed_at}`);
    return 0;
  }
  wakes.changed([before.space_id]);
  const deadline = performance.now() + (options.patience_ms ?? replayPatience_ms);
  while (performance.now() < deadline) {
    const letter = await findDeadLetter(db.sql, id);
    if (letter?.replayed_at) {
      print(`${id} was replayed`);
      return 0;
    }
    if (letter && letter.replays_failed > before.replays_failed) {
      print(`${id} failed again: ${letter.error}`);
      return 1;
    }
    await sleep(replayLook_ms);
  }
  print(`${id} is to be replayed, but no process that runs the consumer ${before.consumer} has taken it up yet`);
  return 1;
}

function noSuchLetter(id: string): OperatorError {
  return new OperatorError(`There is no dead letter ${id}.`, '`daymark dead-letters list` shows them.');
}
