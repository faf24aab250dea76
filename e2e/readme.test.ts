/** The README as a newcomer follows it: each command in it is run, and each picture and page it names is there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/^\s*```sh\n([\s\S]*?)^\s*```/gm)].flatMap(([, block = '']) =>
  block
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== ''),
);

/** As a person's shell has it: without what the test runner sets for itself. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV$|TEST$|MODE$|DEV$|PROD$|SSR$|DAYMARK_)/.test(name),
  ),
);

let dataFolder: string;
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'daymark-readme-'));
});
afterAll(() => rm(dataFolder, { recursive: true, force: true }));

function run(command: string): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const env = { ...environment, PORT: '0', DAYMARK_DATA: dataFolder };
  const child = spawn(command, { cwd: root, env, shell: true, detached: true });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, output: () => printed, ended };
}

/** What is done with each command, and what must be seen. A command that is not here fails the test below. */
const checks: Record<string, () => Promise<void>> = {
  async 'npm start'() {
    const { child, output, ended } = run('npm start');
    await expect.poll(output, { timeout: 60_000 }).toMatch(/Daymark is ready at http:\/\/localhost:\d+/);
    const url = /http:\/\/localhost:\d+/.exec(output())?.[0] ?? '';
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>');
    // As Ctrl-C does: to the whole group of processes.
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await ended;
  },
  async 'npm test'() {
    // All tests would run this one again; one file of them shows that the command works.
    const { output, ended } = run('npm test -- tools/tidy/rules');
    expect([await ended, output()]).toEqual([0, expect.stringMatching(/\n\d+ passed, 0 failed\s*$/)]);
  },
  async 'npm run conformance'() {
    const { output, ended } = run('npm run conformance');
    expect([await ended, output()]).toEqual([0, expect.stringContaining('conformance: all as it should be')]);
  },
  async 'npm run daymark -- reconcile'() {
    const { output, ended } = run('npm run daymark -- reconcile');
    expect([await ended, output()]).toEqual([0, expect.stringMatching(/^planned \d+ .* lost 0 · duplicate 0$/m)]);
  },
  async 'npm run daymark -- audit verify'() {
    const { output, ended } = run('npm run daymark -- audit verify');
    expect([await ended, output()]).toEqual([0, expect.stringMatching(/verified|intact|whole/i)]);
  },
};

test.each(commands)('`%s` does what the README says', { timeout: 120_000 }, async (command) => {
  expect(Object.keys(checks)).toContain(command);
  await checks[command]?.();
});

test('the README has commands, and every page and picture that it names is there', () => {
  expect(commands).toContain('npm start');
  const named = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
    .map(([, path = '']) => path)
    .filter((path) => !path.includes('://'));
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
});
