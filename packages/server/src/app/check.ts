/** `--check`: whether this configuration can work, without changing anything. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import pg from 'pg';
import { OperatorError } from '../kit/operator-error.ts';
import { givenLogins } from './given-logins.ts';
import { moduleTable, type Surroundings, wantedModules } from './modules.ts';

const connectTimeout_ms = 5000;
const versionMin = 150_000;

/** Answers a sentence that says what was found. Throws OperatorError or what `pg` throws. */
export async function checkConfig(surroundings: Surroundings): Promise<string> {
  const { config } = surroundings;
  wantedModules(moduleTable(surroundings), config.targets);
  const urls = [config.databaseUrl, ...Object.values(givenLogins(config))];
  if (config.databaseUrl === undefined) {
    const folder = resolve(config.dataFolder);
    refuseUnwritable(folder);
    return `The configuration is valid. The embedded PostgreSQL keeps its data in ${folder}.`;
  }
  let version = '';
  for (const url of urls) if (url !== undefined) version = await versionOf(url);
  return `The configuration is valid. PostgreSQL ${version} answers.`;
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeout_ms });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ number: string; name: string }>(
      `select current_setting('server_version_num') as number, current_setting('server_version') as name`,
    );
    const [version] = rows;
    if (Number(version?.number) < versionMin) {
      throw new OperatorError(`PostgreSQL ${version?.name} is too old.`, 'Use PostgreSQL 15 or later.');
    }
    return version?.name ?? '';
  } finally {
    await client.end().catch(() => {});
  }
}

function refuseUnwritable(folder: string): void {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
  } catch (cause) {
    throw new OperatorError(
      `The data folder ${folder} cannot be written.`,
      'Change its owner, or name another folder in DAYMARK_DATA.',
      { cause },
    );
  }
}
