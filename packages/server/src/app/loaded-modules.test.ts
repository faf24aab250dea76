/** What is not configured is not even loaded: it costs neither time at the start nor memory. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
/** Writes the address of each module that is loaded to standard error. */
const hook = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      process.stderr.write('loaded ' + url + '\\n');
      return next(url, context);
    },
  });
`)}`;

/** Loading the program takes a second where nothing else runs. */
const patience_ms = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-loaded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function loadedBy(env: Record<string, string>): Promise<string[]> {
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', hook, main, '--check'], {
    env: { PATH: process.env.PATH, DAYMARK_DATA: folder, ...env },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stderr.split('\n').flatMap((line) => /^loaded (.+)$/.exec(line)?.[1] ?? []);
}

const ofTracing = /@opentelemetry\/(sdk|exporter|otlp|resources)|adapters\/telemetry\/otel/;

test(
  'nothing that records traces is loaded unless a collector is named',
  async () => {
    const loaded = await loadedBy({});
    expect(loaded.length).toBeGreaterThan(100);
    expect(loaded.filter((url) => ofTracing.test(url))).toEqual([]);
    const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' };
    expect((await loadedBy(disabled)).filter((url) => ofTracing.test(url))).toEqual([]);
  },
  patience_ms,
);

test(
  'where a collector is named, it is',
  async () => {
    const loaded = await loadedBy({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    expect(loaded.filter((url) => ofTracing.test(url))).not.toEqual([]);
  },
  patience_ms,
);
