/** Addresses on the loopback interface. */
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/**
 * Below the ports that systems give to outgoing connections (from 32768 on Linux): a client that keeps calling an engine which
 * is down could otherwise be given the engine's own port, and hold it.
 */
const PORT_MIN = 10_000;
const PORT_MAX = 32_000;
const TRIES_MAX = 200;

/** Ports of 127.0.0.1 on which nobody listens now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries > TRIES_MAX + count) throw new Error(`no ${count} free ports between ${PORT_MIN} and ${PORT_MAX}`);
    const port = randomInt(PORT_MIN, PORT_MAX);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

/** One such port. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port as number;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether somebody accepts connections there. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

const HTTP_MAX_MS = 2000;

/** The status that a GET answers, 0 when nobody does within two seconds. */
export async function statusOf(url: string): Promise<number> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HTTP_MAX_MS) });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}
