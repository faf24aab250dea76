/**
 * Plays a newcomer and prints the times: clones the committed state to an empty folder, starts with an empty npm cache and the Node
 * given by `--node <folder of its bin>` (default: the one on the path), waits until it serves, stops, starts again, stops.
 * Run it as `node tools/fresh-clone.ts`; with `--test` it runs `npm test` there at the end.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { node: { type: 'string' }, test: { type: 'boolean', default: false } } });

const folder = mkdtempSync(join(tmpdir(), 'daymark-fresh-'));
const clone = join(folder, 'clone');
// Without this repository's own Node and programs, which a newcomer lacks.
const inherited = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
const env = {
  PATH: [...(values.node ? [values.node] : []), ...inherited].join(delimiter),
  HOME: folder,
  PORT: '0',
  npm_config_cache: join(folder, 'npm-cache'),
  // Where npm gets packages from is the machine's matter, not the newcomer's.
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(npm_config_registry|https?_proxy|no_proxy)$/i.test(name)),
  ),
};

try {
  execFileSync('git', ['clone', '--quiet', fileURLToPath(new URL('..', import.meta.url)), clone]);
  const version = execFileSync('node', ['--version'], { env, encoding: 'utf8' }).trim();
  say(`Node on the path: ${version}`);
  await startAndStop('first npm start: serving after');
  await startAndStop('second npm start: serving after');
  if (values.test) await runTests();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function startAndStop(what: string): Promise<void> {
  const started = performance.now();
  const child = npm(['start']);
  let printed = '';
  const { promise: ready, resolve } = Promise.withResolvers<boolean>();
  child.stdout?.on('data', (bytes) => {
    printed += bytes;
    if (printed.includes('Daymark is ready at')) resolve(true);
  });
  child.once('exit', () => resolve(false));
  if (!(await ready)) throw new Error(`npm start ended before it served:\n${printed}`);
  say(`${what} ${seconds(started)}`);
  const stopping = performance.now();
  child.kill('SIGTERM');
  // The pipe closes when the last of the processes below npm has ended.
  await once(child, 'close');
  say(`  stopped after ${seconds(stopping)}`);
}

async function runTests(): Promise<void> {
  const started = performance.now();
  const child = npm(['test']);
  child.stdout?.pipe(process.stdout);
  const [code] = await once(child, 'close');
  say(`npm test: ended with ${code} after ${seconds(started)}`);
  process.exitCode = Number(code);
}

function npm(args: string[]): ChildProcess {
  return spawn('npm', args, { cwd: clone, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

function seconds(from: number): string {
  return `${((performance.now() - from) / 1000).toFixed(1)} s`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
