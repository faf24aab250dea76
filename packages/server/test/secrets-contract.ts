/** What every place of secrets must do, run for each of them. */
import { expect, it } from 'vitest';
import { OperatorError } from '../src/kit/operator-error.ts';
import type { Secrets } from '../src/ports/secrets.ts';

/** What the place under test holds. */
export const heldSecrets = {
  DATABASE_URL: 'postgres://user:pässwörd"\'$\\@host/db?a=b',
  DAYMARK_SECRET: 's'.repeat(4_000),
  DAYMARK_SMTP_URL: '',
};

export function secretsContract(open: () => Promise<Secrets>): void {
  it('answers a secret as it was written, whatever characters it has', async () => {
    const secrets = await open();
    expect(await secrets.find('DATABASE_URL')).toBe(heldSecrets.DATABASE_URL);
    expect(await secrets.find('DAYMARK_SECRET')).toBe(heldSecrets.DAYMARK_SECRET);
  });

  it('answers nothing for a name that is not there, and for an empty value', async () => {
    const secrets = await open();
    expect(await secrets.find('DAYMARK_NOT_THERE')).toBeUndefined();
    expect(await secrets.find('DAYMARK_SMTP_URL')).toBeUndefined();
  });
}

/** The one line that an operator reads. */
export async function lineOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OperatorError);
  return (error as OperatorError).line;
}
