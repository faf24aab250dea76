/** How clients reach the brokers, and the limits that all of them keep. */
import { isIP } from 'node:net';
import type { BaseOptions } from '@platformatic/kafka';

export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

export interface KafkaConnection {
  /** Each as host:port; those of the cluster that are not named are found by themselves. */
  readonly brokers: readonly string[];
  /** PEM texts. Without `ca` the authorities that Node trusts; `cert` and `key` are this client's own. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: (typeof saslMechanisms)[number];
    readonly username: string;
    readonly password: string;
  };
}

const connectTimeout_ms = 3_000;
/** Between tries of a request that failed on the way. */
const retryDelay_ms = 200;

const hostOf = (broker: string) => broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

/** What each client is made with; `clientId` is what brokers log. */
export function clientOptions({ brokers, tls, sasl }: KafkaConnection, clientId: string): BaseOptions {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: connectTimeout_ms,
    retryDelay: retryDelay_ms,
    autocreateTopics: false,
    // Brokers behind one address are told apart by the name that is asked for; an IP address is no such name.
    ...(tls && { tls: { ...tls }, tlsServerName: brokers.every((broker) => isIP(hostOf(broker)) === 0) }),
    ...(sasl && { sasl: { ...sasl } }),
  };
}
