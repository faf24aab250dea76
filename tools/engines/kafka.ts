/** One Kafka node or three on loopback, each broker and controller, with or without accounts and certificates. */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { type Certificates, makeCertificates } from './kafka/certificates.ts';
import { type NodePorts, type NodeSettings, nodeProperties } from './kafka/node-properties.ts';
import {
  BOOTSTRAP_FILE,
  BROKER_READY_MAX_MS,
  BROKER_STOP_MAX_MS,
  brokerIsReady,
  formatWithTool,
  javaArgs,
  type KafkaProgram,
} from './kafka-program.ts';
import { freePorts, LOOPBACK } from './loopback.ts';

export interface KafkaOptions {
  /** Holds data, configuration and logs; made when it is not there. It must be new: `restart` is for going on. */
  folder: string;
  nodes?: 1 | 3;
  /** Names and passwords. They open the listeners with SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512), with and without TLS, and mutual TLS. */
  accounts?: Readonly<Record<string, string>>;
  /** For benchmarks: lets Java compile fully, which costs processor time in the first minute. */
  throughput?: boolean;
}

export interface KafkaNode extends EngineProcess {
  id: number;
  /** Host and port that clients use without saying who they are. */
  address: string;
}

export interface Kafka {
  /** Without accounts or TLS, separated by commas, as DAYMARK_KAFKA_BROKERS takes them. */
  brokers: string;
  nodes: readonly KafkaNode[];
  pids(): number[];
  /** The listeners of a broker with accounts, and what a client needs for them. */
  secure?: { saslPlain: string; saslTls: string; mutualTls: string; certificates: Certificates };
  /** Each of these is done to all nodes at once; for one of them use `nodes`. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the nodes and resolves when all serve. Throws with the print of the one that did not; the others are stopped then. */
export async function launchKafka(program: KafkaProgram, options: KafkaOptions): Promise<Kafka> {
  const { folder, nodes: count = 1, accounts } = options;
  await mkdir(folder, { recursive: true });
  const certificates = accounts ? await makeCertificates(folder) : undefined;
  const ports = await portsFor(count, accounts !== undefined);
  const clusterId = randomId();
  const settings = ports.map((_, at) => ({
    ...{ id: at + 1, ports, dataFolder: join(folder, `data-${at + 1}`) },
    ...(accounts && { accounts }),
    ...(certificates && { certificates }),
  }));
  const started = await Promise.allSettled(settings.map((node) => startNode(program, { ...options, node, clusterId })));
  const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = started.find((one) => one.status === 'rejected');
  if (failed) {
    await Promise.all(nodes.map((node) => node.kill()));
    throw failed.reason;
  }
  const secure = certificates && { secure: { ...secureAddresses(ports), certificates } };
  return { ...secure, ...together(nodes), brokers: addresses(ports, 'plain'), nodes };
}

function together(nodes: readonly KafkaNode[]): Pick<Kafka, 'pids' | 'kill' | 'restart' | 'stop'> {
  const all = async (work: (node: KafkaNode) => Promise<void>) => {
    await Promise.all(nodes.map(work));
  };
  return {
    pids: () => nodes.filter((node) => node.running()).map((node) => node.pid),
    kill: (signal) => all((node) => node.kill(signal)),
    restart: () => all((node) => node.restart()),
    stop: () => all((node) => node.stop()),
  };
}

async function startNode(
  program: KafkaProgram,
  { folder, node, clusterId, throughput = false }: KafkaOptions & { node: NodeSettings; clusterId: string },
): Promise<KafkaNode> {
  const properties = join(folder, `node-${node.id}.properties`);
  await writeFile(properties, nodeProperties(node));
  await format(program, { folder, node, properties, clusterId });
  const engine = await startEngine({
    name: `kafka ${node.id}`,
    program: program.java.program,
    args: [...javaArgs(program, { throughput }), 'kafka.Kafka', properties],
    folder,
    logFile: join(folder, `kafka-${node.id}.log`),
    ready: brokerIsReady,
    readyMax_ms: BROKER_READY_MAX_MS,
    stopMax_ms: BROKER_STOP_MAX_MS,
  });
  const address = `${LOOPBACK}:${node.ports[node.id - 1]?.plain}`;
  return Object.defineProperties({ id: node.id, address } as KafkaNode, Object.getOwnPropertyDescriptors(engine));
}

/** What Kafka's own tool writes into a new data folder; without accounts it is written here, which saves a start of Java. */
async function format(
  program: KafkaProgram,
  given: { folder: string; node: NodeSettings; properties: string; clusterId: string },
): Promise<void> {
  const { node, clusterId } = given;
  if (node.accounts) return await formatWithTool(program, { ...given, accounts: node.accounts });
  await mkdir(node.dataFolder);
  await cp(program.bootstrapRecords, join(node.dataFolder, BOOTSTRAP_FILE));
  const lines = ['version=1', `cluster.id=${clusterId}`, `node.id=${node.id}`, `directory.id=${randomId()}`];
  await writeFile(join(node.dataFolder, 'meta.properties'), `${lines.join('\n')}\n`);
}

/** Sixteen bytes as Kafka writes its ids; one that began with a dash would be read as an option. */
function randomId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? randomId() : id;
}

async function portsFor(count: number, secure: boolean): Promise<NodePorts[]> {
  const each = secure ? 5 : 2;
  const ports = await freePorts(count * each);
  return Array.from({ length: count }, (_, at) => {
    const [plain = 0, controller = 0, ...more] = ports.slice(at * each, (at + 1) * each);
    const [saslPlain = 0, saslTls = 0, mutualTls = 0] = more;
    return { plain, controller, ...(secure && { saslPlain, saslTls, mutualTls }) };
  });
}

const addresses = (ports: readonly NodePorts[], kind: keyof NodePorts) =>
  ports.map((node) => `${LOOPBACK}:${node[kind]}`).join(',');

const secureAddresses = (ports: readonly NodePorts[]) => ({
  saslPlain: addresses(ports, 'saslPlain'),
  saslTls: addresses(ports, 'saslTls'),
  mutualTls: addresses(ports, 'mutualTls'),
});
