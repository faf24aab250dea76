import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const AVAILABLE = new URL('available.ts', import.meta.url).href;

test('a machine that has nothing is told, for each engine in one sentence, what to install', async () => {
  const home = mkdtempSync(join(tmpdir(), 'daymark-bare-'));
  const source = `const { availableEngines } = await import(${JSON.stringify(AVAILABLE)});
    console.log(JSON.stringify(await availableEngines()));`;
  // A Java in the usual place of the system is found without the path; the jars would still have to come by Maven.
  const env = { PATH: '', HOME: home };
  try {
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', source], { env });
    const reasons = JSON.parse(stdout) as Record<string, string>;
    expect(Object.keys(reasons)).toEqual(['kafka', 'dapr', 'redis', 'registry', 'zipkin', 'prometheus']);
    for (const why of Object.values(reasons)) expect(why).toMatch(/^[^.\n]+ install [^\n]+\.$/);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
