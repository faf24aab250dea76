/** Idempotency keys for changes that are made on another login than the person's, and so outside of `runCommand`'s own keeping. */
import { beginAs } from '../store/database.ts';
import { storeAnswer } from '../store/idempotency.ts';
import { type Commands, type Intent, keptAnswer } from './command.ts';

/**
 * Does the work, keeps its answer under the intent's key and gives it again when asked again. `work` must leave the same state
 * when it is done twice, because a process that dies between the work and the keeping does it again. `app` is on the app login.
 * Throws Problem `idempotency_mismatch`.
 */
export async function onceByKey<Answer>(
  app: Pick<Commands, 'db'>,
  intent: Intent & { readonly personId: string },
  work: () => Promise<Answer>,
): Promise<Answer> {
  const kept = await keptAnswer(app, intent);
  if (kept) return kept.answer as Answer;
  const answer = await work();
  const { idempotency, personId } = intent;
  if (idempotency) {
    const { key, fingerprint } = idempotency;
    const keep = { personId, key, fingerprint, answer };
    await app.db.transaction((sql) => storeAnswer(sql, keep), beginAs(personId, 'read write'));
  }
  return answer;
}
