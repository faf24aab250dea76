/** `--check`: whether this configuration can work, without changing anything. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { OperatorError } from '../kit/operator-error.ts';
import { kafkaConnection } from './bus-engine.ts';
import { openAlarm, openCompanion } from './companion.ts';
import { givenLogins } from './given-logins.ts';
import { moduleTable, type Surroundings, wantedModules } from './modules.ts';
import { requirePostgres } from './postgres-version.ts';

/** Answers a sentence that says what was found. Throws OperatorError or what `pg` throws. */
export async function checkConfig(surroundings: Surroundings): Promise<string> {
  const { config } = surroundings;
  wantedModules(moduleTable(surroundings), config.targets);
  if (config.bus === 'kafka') kafkaConnection(config);
  await requireCompanion(surroundings);
  const urls = [config.databaseUrl, ...Object.values(givenLogins(config))];
  if (config.databaseUrl === undefined) {
    const folder = resolve(config.dataFolder);
    refuseUnwritable(folder);
    return `The configuration is valid. The embedded PostgreSQL keeps its data in ${folder}.`;
  }
  let version = '';
  for (const url of urls) if (url !== undefined) version = await requirePostgres(url);
  return `The configuration is valid. PostgreSQL ${version} answers.`;
}

/** Throws OperatorError where options of the sidecar that belong together are not all set. Nothing is opened. */
async function requireCompanion({ config, log }: Surroundings): Promise<void> {
  const companion = await openCompanion(log, config);
  await openAlarm(log, config, companion);
  await companion.stop();
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
