/** The configuration of one Kafka node that is broker and controller, small enough for a test machine. */
import { LOOPBACK } from '../loopback.ts';

export interface NodePorts {
  plain: number;
  controller: number;
  /** Of the listeners that ask who it is; only of a broker with accounts. */
  saslPlain?: number;
  saslTls?: number;
  mutualTls?: number;
}

export interface NodeSettings {
  id: number;
  ports: readonly NodePorts[];
  dataFolder: string;
  /** Names and passwords, for SASL PLAIN; those for SCRAM are given when the data folder is formatted. */
  accounts?: Readonly<Record<string, string>>;
  /** PEM files: the broker's key with its certificates, and the authority. */
  certificates?: { broker: string; authority: string };
}

/** The text of `server.properties`. `id` counts from 1 and picks the node's own ports. */
export function nodeProperties(settings: NodeSettings): string {
  const lines = { ...base(settings), ...quorum(settings), ...timing(settings), ...security(settings) };
  return Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function base({ id, ports, dataFolder }: NodeSettings): Record<string, string | number> {
  return {
    'process.roles': 'broker,controller',
    'node.id': id,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.quorum.voters': ports.map((node, at) => `${at + 1}@${LOOPBACK}:${node.controller}`).join(','),
    'log.dirs': dataFolder,
    // A topic that nobody declared is a mistake that a test must see.
    'auto.create.topics.enable': 'false',
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
}

function quorum({ ports }: NodeSettings): Record<string, string | number> {
  const replicas = ports.length >= 3 ? 3 : 1;
  const inSync = replicas === 3 ? 2 : 1;
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': 1,
  };
}

/**
 * Short enough for tests that kill. Of three nodes a lost one is noticed in 3 s instead of 9. A single one takes 6: that long it waits
 * for its former self after a kill, and when the machine lets it wait for longer than that, it is left without a leader for a moment.
 * A lost member of the new group protocol is noticed in 10 s instead of 45.
 */
const timing = ({ ports }: NodeSettings): Record<string, string | number> => ({
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1000,
  'broker.session.timeout.ms': ports.length >= 3 ? 3000 : 6000,
  'broker.heartbeat.interval.ms': 500,
  'group.consumer.session.timeout.ms': 10_000,
  'group.consumer.min.session.timeout.ms': 6000,
  'group.consumer.heartbeat.interval.ms': 1000,
  'group.consumer.min.heartbeat.interval.ms': 500,
});

function security(settings: NodeSettings): Record<string, string | number> {
  const own = settings.ports[settings.id - 1];
  if (!own) throw new Error(`there is no node ${settings.id}`);
  const listeners: [string, number | undefined][] = [
    ['PLAINTEXT', own.plain],
    ['SASL_PLAINTEXT', own.saslPlain],
    ['SASL_SSL', own.saslTls],
    ['SSL', own.mutualTls],
  ];
  const open = listeners.filter(([, port]) => port !== undefined);
  const addresses = open.map(([name, port]) => `${name}://${LOOPBACK}:${port}`);
  return {
    listeners: [...addresses, `CONTROLLER://${LOOPBACK}:${own.controller}`].join(','),
    'advertised.listeners': addresses.join(','),
    'listener.security.protocol.map': ['CONTROLLER:PLAINTEXT', ...open.map(([name]) => `${name}:${name}`)].join(','),
    ...tls(settings),
    ...sasl(settings),
  };
}

function tls({ certificates }: NodeSettings): Record<string, string> {
  if (!certificates) return {};
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': certificates.broker,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': certificates.authority,
    'ssl.client.auth': 'none',
    'listener.name.ssl.ssl.client.auth': 'required',
  };
}

function sasl({ accounts }: NodeSettings): Record<string, string> {
  if (!accounts) return {};
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const users = Object.entries(accounts).map(([name, password]) => ` user_${name}="${password}"`);
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required${users.join('')};`;
  const lines: Record<string, string> = { 'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512' };
  for (const listener of ['sasl_plaintext', 'sasl_ssl']) {
    lines[`listener.name.${listener}.plain.sasl.jaas.config`] = plain;
    lines[`listener.name.${listener}.scram-sha-256.sasl.jaas.config`] = scram;
    lines[`listener.name.${listener}.scram-sha-512.sasl.jaas.config`] = scram;
  }
  return lines;
}
