/** Opens the port, and closes it so that nothing that was accepted is lost. */
import type { Edge } from '../kit/http/edge.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
import type { Config } from './config.ts';

const sweep_ms = 50;

export interface Listening extends Running {
  /** What a person on this machine types into a browser. */
  readonly address: string;
  /** The port that is open, where 0 was asked for, too. */
  readonly port: number;
}

/**
 * Listens. Stopping ends the intake, lets requests in hand finish and closes idle connections; live connections are ended by the
 * `preClose` hooks of those who hold them.
 */
export async function startListening(http: Edge, { host, port }: Pick<Config, 'host' | 'port'>): Promise<Listening> {
  await http.listen({ host, port });
  const bound = http.server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return { address: `http://${nameOf(host)}:${boundPort}`, port: boundPort, ...runningUntilStopped(() => close(http)) };
}

/**
 * A connection that was busy when the intake closed is kept by its client after its answer, and the server would wait for it as
 * long as connections are kept alive.
 */
async function close(http: Edge): Promise<void> {
  const sweep = setInterval(() => http.server.closeIdleConnections(), sweep_ms);
  try {
    await http.close();
  } finally {
    clearInterval(sweep);
  }
}

function nameOf(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::1', '::', 'localhost'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
