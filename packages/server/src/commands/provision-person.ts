/** Gives a person the personal space, which everybody has. Safe to run again: the space is unique in the database. */
import { findPersonalSpace } from '../store/spaces.ts';
import { type Commands, type Intent, runCommand } from './command.ts';
import { makeSpace } from './make-space.ts';

/**
 * Makes the personal space of a person who has none and answers its id. Runs on the worker login.
 * Rejects when there is no such person.
 */
export async function provisionPerson(commands: Commands, intent: Intent, personId: string): Promise<string> {
  const before = await findPersonalSpace(commands.db.sql, personId);
  if (before) return before;
  return runCommand(commands, { ...intent, actorType: 'user', actorId: personId }, [], async (change) => {
    // The row lock makes a second provisioning of the same person wait and then find the first one's space.
    const [person] = await change.rows<{ id: string; name: string; email: string }>(
      'select id, name, email from people where id = $1 for update',
      [personId],
    );
    if (!person) throw new Error('there is no such person to provision');
    const meanwhile = await findPersonalSpace(change, personId);
    if (meanwhile) return meanwhile;
    const space = await makeSpace(change, { kind: 'personal', name: 'Personal', owner: person });
    return space.id;
  });
}
