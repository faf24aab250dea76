/**
 * `npm run engines [-- kafka dapr redis registry zipkin prometheus]`: starts real engines on this machine, prints where they are and
 * what Daymark needs to be told, and stops all of them on Ctrl-C. Without names: kafka, dapr, redis and registry, as far as they can be had.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { availableEngines, ENGINE_NAMES, type EngineName } from './engines/available.ts';
import { type RunningEngines, startEngineSet } from './engines/engine-set.ts';
import { enginesFolder, takeLock } from './engines/engines-folder.ts';

const USUAL: readonly EngineName[] = ['kafka', 'dapr', 'redis', 'registry'];

// At once, also when a download or a build that was interrupted still runs: it ends with this process.
process.exit(await run(process.argv.slice(2)));

async function run(words: readonly string[]): Promise<number> {
  const names = ENGINE_NAMES.filter((name) => (words.length === 0 ? USUAL : words).includes(name));
  const unknown = words.filter((word) => !names.some((name) => name === word));
  if (unknown.length > 0) return refuse(`There is no engine “${unknown[0]}”. Choose from ${ENGINE_NAMES.join(', ')}.`);
  const missing = await availableEngines();
  const left = names.filter((name) => missing[name] === null);
  for (const name of names) if (missing[name] !== null) console.error(`${name} is left out: ${missing[name]}`);
  if (left.length === 0 || (words.length > 0 && left.length < names.length)) return 1;

  const folder = join(enginesFolder(), 'running');
  mkdirSync(enginesFolder(), { recursive: true });
  const holder = takeLock(`${folder}.lock`);
  if (holder !== undefined) return refuse(`Engines run already, started by process ${holder}.`);
  try {
    // What a run leaves there is for looking at its logs; the next one begins anew.
    rmSync(folder, { recursive: true, force: true });
    return await serve(left, folder);
  } finally {
    rmSync(`${folder}.lock`, { force: true });
  }
}

async function serve(names: readonly EngineName[], folder: string): Promise<number> {
  const { promise: told, resolve: tell } = Promise.withResolvers<'told'>();
  // Whoever started this may be gone: the channel then closes.
  for (const name of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(name, () => tell('told'));
  const awake = setInterval(() => {}, 60_000);
  let stopping = false;
  const onEnd = (line: string) => void (stopping || console.error(line));
  const running: RunningEngines = { rows: [], environments: [], stops: [], onEnd };
  try {
    const started = startEngineSet(names, { folder, running });
    if ((await Promise.race([started, told])) === 'told') return 130;
    print(running);
    await told;
    console.log('Stopping…');
    return 0;
  } catch (error) {
    return refuse((error as Error).message);
  } finally {
    clearInterval(awake);
    stopping = true;
    await Promise.all(running.stops.map((stop) => stop()));
    if (process.connected) process.disconnect?.();
  }
}

function print({ rows, environments }: RunningEngines): void {
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]) => cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  console.log(['', ...rows.map(line), ''].join('\n'));
  for (const { purpose, variables } of environments) {
    const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    console.log(`${purpose}:\n  ${words.join(' ')}\n`);
  }
  console.log('Ctrl-C stops them.');
}

function refuse(message: string): number {
  console.error(message);
  return 1;
}
