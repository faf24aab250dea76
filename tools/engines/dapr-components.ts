/** Components of Dapr as YAML text, for tests and for `npm run engines`; several are joined with `components`. */

/** Several components as one text. */
export const components = (...texts: string[]): string => texts.join('---\n');

interface Component {
  name: string;
  type: string;
  version?: string;
  metadata: Record<string, string>;
}

/** Any component; values are written as strings. */
export function component({ name, type, version = 'v1', metadata }: Component): string {
  const lines = Object.entries(metadata).map(
    ([key, value]) => `    - {name: ${key}, value: ${JSON.stringify(value)}}\n`,
  );
  return `apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ${name}}
spec:
  type: ${type}
  version: ${version}
  metadata:${lines.length === 0 ? ' []\n' : `\n${lines.join('')}`}`;
}

/** Publish and subscribe within one sidecar; nothing survives its end. */
export const memoryPubSub = (name: string): string => component({ name, type: 'pubsub.in-memory', metadata: {} });

/** State in Redis. */
export const redisState = (name: string, { address }: { address: string }): string =>
  component({ name, type: 'state.redis', metadata: { redisHost: address } });

/** State in PostgreSQL. */
export const postgresState = (name: string, { url }: { url: string }): string =>
  component({
    name,
    type: 'state.postgresql',
    version: 'v2',
    metadata: { connectionString: url, tablePrefix: 'dapr_', cleanupInterval: '1m' },
  });

/** Secrets in a JSON file. */
export const fileSecrets = (name: string, { file }: { file: string }): string =>
  component({ name, type: 'secretstores.local.file', metadata: { secretsFile: file, nestedSeparator: ':' } });
