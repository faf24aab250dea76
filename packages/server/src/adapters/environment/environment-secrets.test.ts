import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { heldSecrets, lineOf, secretsContract } from '../../../test/secrets-contract.ts';
import { environmentSecrets } from './environment-secrets.ts';

function inFiles(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return Object.fromEntries(
    Object.entries(heldSecrets).map(([name, value]) => {
      const path = join(folder, name);
      writeFileSync(path, `${value}\n`);
      return [`${name}_FILE`, path];
    }),
  );
}

describe('secrets in the environment', () => {
  secretsContract(async () => environmentSecrets(heldSecrets));
});

describe('secrets in files that the environment names', () => {
  secretsContract(async () => environmentSecrets(inFiles()));

  it('says which file cannot be read, and refuses to choose between two values', async () => {
    const missing = environmentSecrets({ A_FILE: join(tmpdir(), 'daymark-none') });
    expect(await lineOf(missing.find('A'))).toMatch(/^A_FILE names .* which cannot be read \(ENOENT\)\./);
    expect(await lineOf(environmentSecrets({ A: 'x', A_FILE: 'y' }).find('A'))).toBe(
      'Both A and A_FILE are set. Set only one of them.',
    );
  });
});
