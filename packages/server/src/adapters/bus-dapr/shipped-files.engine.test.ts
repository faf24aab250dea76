/** The files that operators copy: a sidecar takes all of them as they are, but for addresses and secrets. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startKafka, startSidecar } from '../../../../../tools/engines/kit.ts';
import { testDatabase } from '../../../test/database.ts';
import { openSidecar } from '../dapr/sidecar.ts';

const shipped = new URL('../../../../../deploy/dapr/', import.meta.url).pathname;

/** As the PostgreSQL driver of Dapr takes it. */
function connectionString(url: string): string {
  const { hostname, port, pathname, username, password } = new URL(url);
  const parts = { host: hostname, port: port || '5432', user: username, password, dbname: pathname.slice(1) };
  return Object.entries(parts)
    .map(([name, value]) => `${name}='${decodeURIComponent(value)}'`)
    .join(' ');
}

test('sidecars of different applications load them all, with the policy of deliveries, and share state', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-shipped-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const kafka = await startKafka({ folder: join(folder, 'kafka') });
  onTestFinished(() => kafka.stop());
  cpSync(join(shipped, 'components'), join(folder, 'components'), { recursive: true });
  const events = join(folder, 'components/events.yaml');
  writeFileSync(events, readFileSync(events, 'utf8').replace('127.0.0.1:9092', kafka.brokers));

  const clients = [];
  for (const appId of ['daymark', 'daymark-sync']) {
    const place = join(folder, appId);
    cpSync(join(shipped, 'config.yaml'), join(place, 'config.yaml'));
    const secrets = { state: connectionString(database.urls.owner) };
    writeFileSync(join(place, 'secrets.json'), JSON.stringify(secrets));
    const options = { folder: place, appId, configFile: join(place, 'config.yaml') };
    const sidecar = await startSidecar({ ...options, resourcesFolder: join(folder, 'components') });
    onTestFinished(() => sidecar.stop());
    expect(sidecar.printed()).toContain('Loading Resiliency configuration: events');
    const client = openSidecar({ url: sidecar.url, apiToken: undefined });
    onTestFinished(() => client.close());
    clients.push(client);
  }
  const [first, second] = clients;
  const timeout_ms = 10_000;
  const metadata = await first?.call({ method: 'GET', path: '/v1.0/metadata', timeout_ms });
  const { components } = JSON.parse(metadata?.body.toString() ?? '') as { components: { name: string }[] };
  expect(components.map(({ name }) => name).sort()).toEqual(['events', 'secrets', 'state']);
  const json = [{ key: 'who', value: 'Ada' }];
  expect((await first?.send({ method: 'POST', path: '/v1.0/state/state', timeout_ms, json }))?.status).toBe(204);
  const found = await second?.call({ method: 'GET', path: '/v1.0/state/state/who', timeout_ms });
  expect(found?.body.toString()).toBe('"Ada"');
});
