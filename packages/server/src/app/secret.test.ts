import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadSecret } from './secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the secret is made once, long, and readable by its owner alone', () => {
  const data = join(folder, 'new', 'data');
  const secret = loadSecret(data);
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(loadSecret(data)).toBe(secret);
  expect(statSync(join(data, 'secret')).mode & 0o777).toBe(0o600);
  expect(loadSecret(join(folder, 'other'))).not.toBe(secret);
});

test('a secret that was cut off is refused, not used', () => {
  writeFileSync(join(folder, 'secret'), 'short\n');
  expect(() => loadSecret(folder)).toThrow(/too short/);
});

test('a folder that cannot be made is explained', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => loadSecret(join(folder, 'file', 'data'))).toThrow(/cannot be kept in .* \(ENOTDIR\)/);
});
