/**
 * A Dapr sidecar beside one process of a test, with the components that operators copy. Processes with the same targets have the
 * same id, and share events; those with others have ids of their own.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sidecar } from '../../tools/engines/dapr.ts';
import { startSidecar } from '../../tools/engines/kit.ts';
import { freePorts } from '../../tools/engines/loopback.ts';

const COMPONENTS = fileURLToPath(new URL('../../deploy/dapr/components', import.meta.url));
const BROKERS_IN_FILE = '127.0.0.1:9092';
const TOKENS = { apiToken: 'shown to the sidecar', appToken: 'shown by the sidecar' };
/** From the end of the process until the sidecar stops waiting for it. */
const BLOCK_S = 10;
const GRACEFUL_S = 5;

export interface SidecarBeside {
  /** What the process beside it is told. */
  readonly env: Record<string, string>;
  readonly sidecar: Sidecar;
}

export interface BesideOptions {
  readonly brokers: string;
  readonly topicPrefix: string;
  /** The targets of the process, as one word. */
  readonly target: string;
  /** Holds its configuration and log; new for each sidecar. */
  readonly folder: string;
  /** Host and port of an OTLP receiver. */
  readonly tracesTo?: string;
}

/** Starts it; the process may come later, and may come and go. */
export async function startSidecarBeside({
  brokers,
  topicPrefix,
  target,
  ...options
}: BesideOptions): Promise<SidecarBeside> {
  const [appPort = 0] = await freePorts(1);
  const sidecar = await startSidecar({
    ...options,
    ...TOKENS,
    appId: `${topicPrefix}${target.replaceAll(',', '-')}`,
    appPort,
    appHealthPath: '/healthz',
    block_s: BLOCK_S,
    graceful_s: GRACEFUL_S,
    resourcesFolder: copyComponents(join(options.folder, 'resources'), brokers),
  });
  const env = {
    DAYMARK_BUS: 'dapr',
    DAYMARK_TOPIC_PREFIX: topicPrefix,
    DAYMARK_DAPR_URL: sidecar.url,
    DAYMARK_DAPR_APP_PORT: String(appPort),
    DAPR_API_TOKEN: TOKENS.apiToken,
    APP_API_TOKEN: TOKENS.appToken,
    // With it the program makes the topics.
    DAYMARK_KAFKA_BROKERS: brokers,
  };
  return { env, sidecar };
}

/** Each in a file of its own: a Resiliency behind another document is not read. */
function copyComponents(folder: string, brokers: string): string {
  mkdirSync(folder, { recursive: true });
  for (const file of ['events.yaml', 'resiliency.yaml']) {
    const text = readFileSync(join(COMPONENTS, file), 'utf8');
    writeFileSync(join(folder, file), text.replace(BROKERS_IN_FILE, brokers));
  }
  return folder;
}
