/** Makes and revokes API tokens. */
import { randomUUIDv7 } from 'node:crypto';
import type { Token, TokenCreate } from '@daymark/core/contract/person.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { z } from 'zod';
import { findPersonalSpace } from '../store/spaces.ts';
import { apiTokenPrefix, countTokens, deleteToken, hashOfSecret, insertToken, newSecret } from '../store/tokens.ts';
import { type Commands, type Intent, runCommand } from './command.ts';

const tokensPerPersonMax = 100;

/** The secret is in this answer alone: a request repeated with the same idempotency key is answered without `token`. */
export async function createToken(
  commands: Commands,
  intent: Intent & { personId: string },
  body: z.infer<typeof TokenCreate>,
): Promise<Token> {
  const { personId } = intent;
  const secrets = new Map<string, string>();
  const spaceId = await personalSpaceOf(commands, personId);
  const token = await runCommand(commands, intent, [spaceId], async (change) => {
    const expiresAt = body.expires_at ?? null;
    if (expiresAt !== null && expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(change.now)) {
      const message = 'must lie in the future';
      throw new Problem('validation_failed', `expires_at: ${message}`, { errors: [{ path: 'expires_at', message }] });
    }
    if ((await countTokens(change, personId)) >= tokensPerPersonMax) {
      throw new Problem('conflict', `A person has at most ${tokensPerPersonMax} tokens: revoke some first.`);
    }
    const id = randomUUIDv7();
    const secret = `${apiTokenPrefix}${newSecret()}`;
    secrets.set(id, secret);
    const scopes = [...new Set(body.scopes)];
    const made = await insertToken(change, {
      id,
      userId: personId,
      name: body.name,
      hash: hashOfSecret(secret),
      scopes,
      expiresAt,
      now: change.now,
    });
    const changes = { name: [null, made.name] as [unknown, unknown], scopes: [null, scopes] as [unknown, unknown] };
    change.append(spaceId, { type: 'token.created', entityId: id, snapshot: made, changes });
    return made;
  });
  const secret = secrets.get(token.id);
  return secret === undefined ? token : { ...token, token: secret };
}

/** From this moment the token is refused. Throws Problem `not_found` when the person has no such token. */
export async function revokeToken(
  commands: Commands,
  intent: Intent & { personId: string },
  tokenId: string,
): Promise<void> {
  const { personId } = intent;
  const spaceId = await personalSpaceOf(commands, personId);
  await runCommand(commands, intent, [spaceId], async (change) => {
    const gone = await deleteToken(change, personId, tokenId);
    if (!gone) throw new Problem('not_found', 'There is no such token.');
    const changes = { name: [gone.name, null] as [unknown, unknown] };
    change.append(spaceId, { type: 'token.revoked', entityId: tokenId, snapshot: null, changes });
    return null;
  });
}

async function personalSpaceOf(commands: Commands, personId: string): Promise<string> {
  const spaceId = await commands.db.readAs(personId, (sql) => findPersonalSpace(sql, personId));
  if (spaceId === undefined) throw new Problem('unavailable', 'The account is still being made ready.');
  return spaceId;
}
