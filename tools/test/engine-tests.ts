/** The tests that need engines (`*.engine.test.ts`): which of them can run here, and what is left out and why. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_NAMES, type EngineName, type WhyNot } from '../engines/available.ts';
import { root } from './child.ts';
import type { Count } from './count.ts';
import { runVitest } from './vitest.ts';

/** What the kit calls the start of an engine. A file that names none of them needs nothing that could be missing. */
const starts: Readonly<Record<EngineName, RegExp>> = {
  kafka: /\bstartKafka\b/,
  dapr: /\bstart(Sidecar|Scheduler|SidecarBeside)\b/,
  redis: /\bstartRedis\b/,
  registry: /\bstartRegistry\b/,
  zipkin: /\bstartZipkin\b/,
  prometheus: /\bstartPrometheus\b/,
};

/** Runs those whose engines are there, and names the others. */
export async function runEngineTests(missing: Readonly<Record<EngineName, WhyNot>>): Promise<Count> {
  process.stdout.write('\nTests with engines\n');
  const files = globSync('{packages,tools,e2e}/**/*.engine.test.ts', { cwd: root, exclude: ['**/node_modules/**'] });
  const wanted: string[] = [];
  for (const file of files.sort()) {
    const lacks = neededBy(readFileSync(join(root, file), 'utf8')).filter((name) => missing[name] !== null);
    if (lacks.length === 0) wanted.push(file);
    else process.stdout.write(`  without ${file}: ${lacks.map((name) => missing[name]).join(' ')}\n`);
  }
  if (wanted.length === 0) return { passed: 0, failed: 0 };
  return runVitest(['--project', 'engines', ...wanted]);
}

/** The engines that a test starts, by its text. */
export const neededBy = (text: string): EngineName[] => ENGINE_NAMES.filter((name) => starts[name].test(text));
