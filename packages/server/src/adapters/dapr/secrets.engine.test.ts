/** Secrets from a real sidecar: out of a file, and out of its own environment. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { component, components, fileSecrets } from '../../../../../tools/engines/dapr-components.ts';
import { startSidecar } from '../../../../../tools/engines/kit.ts';
import { freePort } from '../../../../../tools/engines/loopback.ts';
import { heldSecrets, lineOf, secretsContract } from '../../../test/secrets-contract.ts';
import { readConfigWithSecrets } from '../../app/stored-secrets.ts';
import { daprSecrets } from './secrets.ts';
import { openSidecar, type Sidecar, sidecarReady } from './sidecar.ts';

const apiToken = 'the-token-of-the-sidecar';

let folder: string;
let sidecar: Awaited<ReturnType<typeof startSidecar>>;
let client: Sidecar;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-secrets-'));
  await mkdir(join(folder, 'sidecar'), { recursive: true });
  const file = join(folder, 'secrets.json');
  await writeFile(file, JSON.stringify(heldSecrets));
  sidecar = await startSidecar({
    folder: join(folder, 'sidecar'),
    appId: 'daymark',
    apiToken,
    env: heldSecrets,
    components: components(
      fileSecrets('file', { file }),
      component({ name: 'env', type: 'secretstores.local.env', metadata: {} }),
    ),
  });
  client = openSidecar({ url: sidecar.url, apiToken });
});
afterAll(async () => {
  client.close();
  await sidecar.stop();
  await rm(folder, { recursive: true, force: true });
});

for (const store of ['file', 'env']) {
  describe(`secrets in a Dapr store (${store})`, () => {
    secretsContract(async () => daprSecrets(client, store));
  });
}

describe('the configuration with a Dapr secret store', () => {
  const environment = (more: Record<string, string> = {}) => ({
    DAYMARK_DAPR_URL: sidecar.url,
    DAPR_API_TOKEN: apiToken,
    DAYMARK_DAPR_SECRET_STORE: 'file',
    ...more,
  });

  it('takes each secret that is not given otherwise, and leaves what is', async () => {
    const config = await readConfigWithSecrets([], environment({ DATABASE_URL: 'postgres://own@host/own' }));
    expect(config.databaseUrl).toBe('postgres://own@host/own');
    expect(config.secret).toBe(heldSecrets.DAYMARK_SECRET);
    expect(config.smtpServer).toBeUndefined();
    const flagged = await readConfigWithSecrets(['--database-url', 'postgres://flag@host/flag'], environment());
    expect(flagged.databaseUrl).toBe('postgres://flag@host/flag');
    expect((await readConfigWithSecrets([], environment())).databaseUrl).toBe(heldSecrets.DATABASE_URL);
  });

  it('asks no store where none is named, and none for --help', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect((await readConfigWithSecrets([], { DAYMARK_DAPR_URL: url })).databaseUrl).toBeUndefined();
    expect((await readConfigWithSecrets(['--help'], environment({ DAYMARK_DAPR_URL: url }))).help).toBe(true);
  });

  it('says in a line what is wrong: the store, the token, the value, the address', async () => {
    expect(await lineOf(readConfigWithSecrets([], environment({ DAYMARK_DAPR_SECRET_STORE: 'none' })))).toBe(
      'The sidecar knows no secret store none. Correct DAYMARK_DAPR_SECRET_STORE, or the components of the sidecar.',
    );
    expect(await lineOf(readConfigWithSecrets([], environment({ DAPR_API_TOKEN: 'another' })))).toBe(
      'The sidecar refuses the token. Set DAPR_API_TOKEN as in its own environment.',
    );
    const dead = `http://127.0.0.1:${await freePort()}`;
    const nobody = openSidecar({ url: dead, apiToken: undefined });
    expect(await lineOf(sidecarReady(nobody, dead, 300))).toMatch(/^The Dapr sidecar at .* is not ready after 0 s \(/);
    nobody.close();
  });

  it('waits for a sidecar that starts later', async () => {
    await sidecar.stop();
    const read = readConfigWithSecrets([], environment());
    await sidecar.restart();
    expect((await read).databaseUrl).toBe(heldSecrets.DATABASE_URL);
  });
});
