import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { carriedFailPointNames, failPointNames } from './fail-point-names.ts';

const source = fileURLToPath(new URL('../../packages/server/src', import.meta.url));

test('every fail point of the program is one that a chaos run knows, and none is made up', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  const lines = files.flatMap((file) => readFileSync(join(source, file), 'utf8').split('\n'));
  // Comments may show how it is done.
  const code = lines.filter((line) => !/^\s*(\*|\/[/*])/.test(line)).join('\n');
  const named = [...code.matchAll(/ailPoints\.at\('([^']+)'\)/g)].map(([, name]) => name);
  expect([...new Set(named)].sort()).toEqual([...failPointNames, ...carriedFailPointNames].sort());
});
