/** Dapr's scheduler and sidecars on loopback, without multicast and without a control plane. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaprProgram } from './dapr-program.ts';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { freePorts, LOOPBACK, statusOf } from './loopback.ts';

const READY_MAX_MS = 60_000;
/** A sidecar that is told to block waits for its application; this is the longest that the kit lets it. */
const STOP_MAX_MS = 60_000;

export interface Scheduler extends EngineProcess {
  /** Host and port, for sidecars. */
  address: string;
}

/** Starts a scheduler with its data in the folder. After a kill it says nothing for about 21 s: its lease has to run out. */
export async function launchScheduler(program: DaprProgram, { folder }: { folder: string }): Promise<Scheduler> {
  await mkdir(folder, { recursive: true });
  const [port = 0, health = 0, client = 0, peer = 0] = await freePorts(4);
  const address = `${LOOPBACK}:${port}`;
  const engine = await startEngine({
    name: 'scheduler',
    program: program.scheduler,
    args: [
      ...['--mode', 'standalone', '--listen-address', LOOPBACK, '--port', `${port}`],
      ...['--healthz-listen-address', LOOPBACK, '--healthz-port', `${health}`, '--enable-metrics=false'],
      ...['--etcd-data-dir', join(folder, 'data'), '--etcd-client-port', `${client}`],
      ...['--etcd-initial-cluster', `dapr-scheduler-server-0=http://${LOOPBACK}:${peer}`],
      // Without it a sidecar is told an address of another interface.
      ...['--override-broadcast-host-port', address, '--identity-directory-write', join(folder, 'identity')],
    ],
    folder,
    logFile: join(folder, 'scheduler.log'),
    ready: async () => (await statusOf(`http://${LOOPBACK}:${health}/healthz`)) === 200,
    readyMax_ms: READY_MAX_MS,
    stopMax_ms: STOP_MAX_MS,
  });
  return Object.defineProperties({ address } as Scheduler, Object.getOwnPropertyDescriptors(engine));
}

export interface SidecarOptions {
  /** Holds configuration and log; relative names in components begin here. */
  folder: string;
  appId: string;
  /** Where the application listens; without one the sidecar only answers. */
  appPort?: number;
  /** A folder of components, and components as YAML text; both may be given. */
  resourcesFolder?: string;
  components?: string;
  /** A file with a Configuration; without one, names are kept in `namesFile` and traces go to `tracesTo`. */
  configFile?: string;
  /** One file for all sidecars that invoke each other; without it the sidecar knows itself alone. */
  namesFile?: string;
  /** Host and port of an OTLP receiver over HTTP. */
  tracesTo?: string;
  /** What callers of the sidecar show, and what the sidecar shows to the application. */
  apiToken?: string;
  appToken?: string;
  scheduler?: Pick<Scheduler, 'address'>;
  /** Asked every second; one answer other than 2xx stops deliveries. Without it the application is taken to be well. */
  appHealthPath?: string;
  /** How long requests in flight may take at the end, and how long the end waits for the application to be unwell. */
  graceful_s?: number;
  block_s?: number;
  env?: Record<string, string>;
  /** Anything else that daprd takes. */
  extraArguments?: readonly string[];
}

export interface Sidecar extends EngineProcess {
  httpPort: number;
  /** The base of its HTTP interface, without a slash at the end. */
  url: string;
  grpcPort: number;
  metricsUrl: string;
}

/** Starts a sidecar and resolves when its own interface answers, whether or not the application listens yet. */
export async function launchSidecar(program: DaprProgram, options: SidecarOptions): Promise<Sidecar> {
  const { folder, appId } = options;
  await mkdir(join(folder, 'components'), { recursive: true });
  // A file for each: of several documents in one, a sidecar reads a Resiliency only where it is the first.
  for (const [at, text] of (options.components ?? '').split(/^---$/m).entries())
    await writeFile(join(folder, 'components', `component-${at}.yaml`), text);
  const configFile = options.configFile ?? join(folder, 'config.yaml');
  if (!options.configFile) await writeFile(configFile, configuration(options));
  const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
  const url = `http://${LOOPBACK}:${http}`;
  const engine = await startEngine({
    name: `sidecar of ${appId}`,
    program: program.daprd,
    args: [
      ...['--app-id', appId, '--config', configFile, '--log-level', 'info'],
      ...['--dapr-http-port', `${http}`, '--dapr-grpc-port', `${grpc}`, '--dapr-listen-addresses', LOOPBACK],
      ...['--dapr-internal-grpc-port', `${internal}`, '--dapr-internal-grpc-listen-address', LOOPBACK],
      ...['--metrics-port', `${metrics}`, '--metrics-listen-address', LOOPBACK],
      ...['--resources-path', join(folder, 'components')],
      ...sidecarArgs(options),
    ],
    env: {
      DAPR_HOST_IP: LOOPBACK,
      ...(options.apiToken !== undefined && { DAPR_API_TOKEN: options.apiToken }),
      ...(options.appToken !== undefined && { APP_API_TOKEN: options.appToken }),
      ...options.env,
    },
    folder,
    logFile: join(folder, `${appId}.log`),
    ready: async () => (await statusOf(`${url}/v1.0/healthz/outbound`)) === 204,
    readyMax_ms: READY_MAX_MS,
    stopMax_ms: STOP_MAX_MS,
  });
  const addresses = { httpPort: http, url, grpcPort: grpc, metricsUrl: `http://${LOOPBACK}:${metrics}/metrics` };
  return Object.defineProperties(addresses as Sidecar, Object.getOwnPropertyDescriptors(engine));
}

function sidecarArgs(options: SidecarOptions): string[] {
  const { resourcesFolder, appPort, scheduler, appHealthPath, graceful_s, block_s, extraArguments = [] } = options;
  const args: string[] = [];
  if (resourcesFolder) args.push('--resources-path', resourcesFolder);
  if (appPort !== undefined) args.push('--app-port', `${appPort}`, '--app-channel-address', LOOPBACK);
  if (scheduler) args.push('--scheduler-host-address', scheduler.address);
  if (graceful_s !== undefined) args.push('--dapr-graceful-shutdown-seconds', `${graceful_s}`);
  if (block_s !== undefined) args.push('--dapr-block-shutdown-duration', `${block_s}s`);
  if (appHealthPath) {
    args.push('--enable-app-health-check', '--app-health-check-path', appHealthPath);
    // Noticed at once: what is tried in vain until the probe notices counts as failed.
    args.push('--app-health-probe-interval', '1', '--app-health-probe-timeout', '500', '--app-health-threshold', '1');
  }
  return [...args, ...extraArguments];
}

/** Names in a file instead of multicast, which a machine without a network does not have. */
function configuration({ folder, namesFile, tracesTo }: SidecarOptions): string {
  const otel = `otel: {endpointAddress: "${tracesTo}", isSecure: false, protocol: http}`;
  return `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: engines}
spec:
  ${tracesTo ? `tracing: {samplingRate: "1", ${otel}}` : 'tracing: {samplingRate: "0"}'}
  nameResolution:
    component: sqlite
    version: v1
    configuration: {connectionString: "${namesFile ?? join(folder, 'names.db')}", updateInterval: 5s}
`;
}
