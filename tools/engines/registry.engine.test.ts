import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startRegistry } from './kit.ts';
import { isAlive, listenersOf } from './processes.ts';
import type { Registry } from './registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-registry-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schema = JSON.stringify({ type: 'record', name: 'Told', fields: [{ name: 'text', type: 'string' }] });

async function register(registry: Registry): Promise<number> {
  const response = await fetch(`${registry.url}/subjects/told-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  return ((await response.json()) as { id: number }).id;
}

test('the schema registry speaks as Confluent’s does, on loopback alone, and keeps schemas through a kill', async () => {
  const registry = await startRegistry({ folder });
  expect(listenersOf(registry.pid).filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);
  const id = await register(registry);
  expect(id).toBeGreaterThan(0);
  expect(await register(registry)).toBe(id);

  const before = registry.pid;
  await registry.kill();
  expect(isAlive(before)).toBe(false);
  await registry.restart();
  const kept = await fetch(`${registry.url}/schemas/ids/${id}`);
  expect(JSON.parse(((await kept.json()) as { schema: string }).schema)).toEqual(JSON.parse(schema));

  await registry.stop();
  expect(isAlive(registry.pid)).toBe(false);
});
