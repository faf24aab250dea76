/**
 * What stands before the processes of a split program, as an ingress does: one port, and behind it for each path the replicas that serve
 * it. It sends a request to those in turn that say on `/ready` that they can serve, and one that finds a closed port or an answer that
 * the process is stopping (503) goes to the next; so does one whose connection broke, when it may be repeated.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** More than the program takes; what is larger is sent on as it comes and is not tried again. */
const HELD_BYTES_MAX = 2 * 1024 * 1024;
const LOOK_MS = 400;
const KEEP_ALIVE_MS = 75_000;
/** More than the program takes, so that it is the program that refuses. */
const HEADER_BYTES_MAX = 128 * 1024;
/** So long a request waits for a replica that can serve, before it is answered with 502. */
const PATIENCE_MS = 10_000;
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** The ports of the replicas that may be asked for a path. */
export type Route = (path: string) => readonly number[];

export interface Front {
  url: string;
  stop(): Promise<void>;
}

/** Opens the port. `route` is asked at each request, so that replicas may come and go. */
export async function startFront(route: Route): Promise<Front> {
  const health = watchHealth();
  const sockets = new Set<Socket>();
  let turn = 0;

  /** Replicas in the order in which they are tried: in turns, those that serve first. */
  const candidates = (path: string): number[] => {
    const all = route(path);
    if (all.length <= 1) return [...all];
    const from = turn++ % all.length;
    const ordered = [...all.slice(from), ...all.slice(0, from)];
    return [...ordered.filter((port) => health.serves(port)), ...ordered.filter((port) => !health.serves(port))];
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const held = await holdBody(request);
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const ports = candidates(pathOf(request));
      for (const [at, port] of ports.entries()) {
        const isLast = at === ports.length - 1;
        if (await passOn(request, response, { port, isLast, ...held })) return;
      }
      if (!held.whole || ports.length <= 1 || performance.now() > deadline) break;
      await sleep(LOOK_MS);
    }
    response.writeHead(502).end();
  };

  const options = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, maxHeaderSize: HEADER_BYTES_MAX };
  const server = createServer(options, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', async (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    for (const port of candidates(pathOf(request))) {
      if (await joinUpgrade(request, socket, { port, head })) return;
    }
    socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async stop() {
      health.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const pathOf = (request: IncomingMessage): string => request.url ?? '/';

interface Held {
  body: Buffer;
  /** Whether the body ended within what is held; else the rest follows on the request. */
  whole: boolean;
}

async function holdBody(request: IncomingMessage): Promise<Held> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const take = (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= HELD_BYTES_MAX) return;
    request.pause();
    resolve(false);
  };
  request.on('data', take);
  request.once('end', () => resolve(true));
  request.once('close', () => resolve(true));
  const whole = await promise;
  request.off('data', take);
  return { body: Buffer.concat(chunks), whole };
}

/** Asks one replica and passes its answer on. False when another may be asked: nothing of this request was done there. */
function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { port, isLast, body, whole }: Held & { port: number; isLast: boolean },
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const { method = 'GET', url = '/' } = request;
  const headers = forwarded(request);
  if (whole && body.length > 0) headers['content-length'] = `${body.length}`;
  // A connection for each request: none is used again that the other side is just closing.
  const onward = httpRequest({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
    const status = answer.statusCode ?? 502;
    if (status === 503 && whole && !isLast) {
      answer.resume();
      return resolve(false);
    }
    resolve(true);
    response.writeHead(status, answer.statusMessage, rawHeadersOf(answer));
    response.flushHeaders();
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  onward.on('error', (error: NodeJS.ErrnoException) => {
    // Before an answer has begun, what was refused was not done, and what may be repeated does no harm when it was.
    const again = whole && !response.headersSent && (error.code === 'ECONNREFUSED' || isRepeatable(request));
    if (!again && response.headersSent) response.destroy();
    else if (!again) response.writeHead(502).end();
    resolve(!again);
  });
  const abandon = () => onward.destroy();
  response.once('close', abandon);
  onward.once('close', () => response.off('close', abandon));
  if (whole) onward.end(body);
  else {
    onward.write(body);
    request.pipe(onward);
  }
  return promise;
}

/** By its method (RFC 9110, 9.2.2), or by the key under which the program does it once. */
const isRepeatable = ({ method = '', headers }: IncomingMessage): boolean =>
  ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'].includes(method) || headers['idempotency-key'] !== undefined;

function forwarded({ headers }: IncomingMessage): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name));
  return {
    ...Object.fromEntries(kept.filter((entry): entry is [string, string | string[]] => entry[1] !== undefined)),
  };
}

function rawHeadersOf({ rawHeaders }: IncomingMessage): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!HOP_BY_HOP.includes(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

/** Joins the two connections as they are. False when the port is closed. */
function joinUpgrade(
  request: IncomingMessage,
  near: Socket,
  { port, head }: { port: number; head: Buffer },
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const far = connect({ port, host: '127.0.0.1', allowHalfOpen: false });
  far.once('connect', () => {
    resolve(true);
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    }
    far.write(`${lines.join('\r\n')}\r\n\r\n`);
    far.write(head);
    far.pipe(near).pipe(far);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  // After the connection was made this resolves nothing any more, and the end of one side ends the other.
  far.on('error', () => resolve(false));
  return promise;
}

/** Which ports say that they can serve. One that was not asked yet is taken to. */
function watchHealth() {
  const known = new Map<number, boolean>();
  const look = async (port: number) => {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null);
    await answer?.body?.cancel();
    known.set(port, answer?.ok === true);
  };
  const timer = setInterval(() => {
    for (const port of known.keys()) void look(port);
  }, LOOK_MS);
  return {
    serves(port: number): boolean {
      if (!known.has(port)) known.set(port, true);
      return known.get(port) === true;
    },
    stop: () => clearInterval(timer),
  };
}
