/** The configuration with the secrets that lie in a store: each that is not given otherwise is asked for by its environment name. */
import type { Secrets } from '../ports/secrets.ts';
import { type Config, readConfig } from './config.ts';
import { type Option, type OptionValues, options } from './options.ts';

/** A sidecar that starts together with this process may be later. */
const sidecarPatience_ms = 60_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** What `readConfig` answers, after the store was asked where one is named. Throws OperatorError. */
export async function readConfigWithSecrets(flags: readonly string[], environment: Environment): Promise<Config> {
  const config = readConfig(flags, environment);
  if (config.daprSecretStore === undefined || config.help) return config;
  const { openSidecar, sidecarReady } = await import('../adapters/dapr/sidecar.ts');
  const { daprSecrets } = await import('../adapters/dapr/secrets.ts');
  const sidecar = openSidecar({ url: config.daprUrl, apiToken: config.daprApiToken });
  try {
    await sidecarReady(sidecar, config.daprUrl, sidecarPatience_ms);
    const stored = await storedValues(daprSecrets(sidecar, config.daprSecretStore), config);
    return readConfig(flags, { ...environment, ...stored });
  } finally {
    sidecar.close();
  }
}

/** By environment name. The token of the sidecar is not asked for: it is what asking takes. */
async function storedValues(secrets: Secrets, config: Config): Promise<Record<string, string>> {
  const missing = (Object.entries(options) as [keyof OptionValues, Option][]).filter(
    ([name, row]) => row.secret && config[name] === undefined && name !== 'daprApiToken',
  );
  const found = await Promise.all(missing.map(async ([, { env }]) => [env, await secrets.find(env)] as const));
  return Object.fromEntries(found.flatMap(([env, value]) => (value === undefined ? [] : [[env, value]])));
}

/** Resolves with the configuration, or with `stop` when that is wanted before the store has answered. */
export function configUnlessStopped(
  flags: readonly string[],
  environment: Environment,
  stopWanted: Promise<unknown>,
): Promise<Config | 'stop'> {
  return Promise.race([readConfigWithSecrets(flags, environment), stopWanted.then(() => 'stop' as const)]);
}
