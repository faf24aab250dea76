import { expect, it } from 'vitest';
import { lineOf } from '../../../test/secrets-contract.ts';
import { daprSecrets } from './secrets.ts';
import type { Sidecar } from './sidecar.ts';

/** A sidecar that answers everything alike. */
function answering(status: number, body: unknown): Sidecar {
  const answer = async () => ({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) });
  return { call: answer, send: answer, close: () => {} };
}

const find = (status: number, body: unknown) => daprSecrets(answering(status, body), 'vault').find('DATABASE_URL');

it('takes what stores say of a missing secret for missing, and what an application may not see', async () => {
  for (const message of [
    'failed getting secret with key DATABASE_URL from secret store vault: secret DATABASE_URL not found',
    'secrets "DATABASE_URL" not found',
    "couldn't get secret: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    'SecretNotFound: A secret with (name/id) DATABASE_URL was not found in this key vault.',
  ]) {
    expect(await find(500, { errorCode: 'ERR_SECRET_GET', message })).toBeUndefined();
  }
  expect(await find(403, { errorCode: 'ERR_PERMISSION_DENIED', message: 'access denied by policy' })).toBeUndefined();
});

it('never takes a store in trouble for a missing secret', async () => {
  expect(await lineOf(find(500, { errorCode: 'ERR_SECRET_GET', message: 'dial tcp: connection refused' }))).toBe(
    'The secret store vault answers 500 for DATABASE_URL (ERR_SECRET_GET dial tcp: connection refused). See the log of the sidecar.',
  );
  expect(await lineOf(find(500, { errorCode: 'ERR_INTERNAL', message: 'not found' }))).toContain('answers 500');
});

it('takes the part of a secret that has its name, or its only one', async () => {
  expect(await find(200, { DATABASE_URL: 'a', other: 'b' })).toBe('a');
  expect(await find(200, { value: 'only' })).toBe('only');
  expect(await find(200, {})).toBeUndefined();
  expect(await lineOf(find(200, { one: 'x', two: 'y' }))).toBe(
    'The secret DATABASE_URL has 2 parts and none of that name. Give it one part, or one that is called DATABASE_URL.',
  );
});
