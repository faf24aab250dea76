/** Opens the port, and closes it so that nothing that was accepted is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
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
 * Listens. Stopping says so first (`onLeaving`) and serves on for the pause; then the intake ends, requests in hand finish and idle
 * connections are closed. Live connections are ended by the `preClose` hooks of those who hold them.
 */
export async function startListening(
  http: Edge,
  { host, port, drainPauseSeconds }: Pick<Config, 'host' | 'port' | 'drainPauseSeconds'>,
  onLeaving: () => void = () => {},
): Promise<Listening> {
  await http.listen({ host, port });
  const bound = http.server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  const running = runningUntilStopped(async () => {
    onLeaving();
    if (drainPauseSeconds > 0) await sleep(drainPauseSeconds * 1000);
    await close(http);
  });
  return { address: `http://${nameOf(host)}:${boundPort}`, port: boundPort, ...running };
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
