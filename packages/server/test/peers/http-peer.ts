/** An HTTP server on loopback that keeps what it is sent and answers as it is told: what the peers of the channels are made of. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PeerRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface PeerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `silent`: the request is taken and never answered. `drop`: the connection ends without an answer. */
export type PeerConduct = PeerAnswer | 'silent' | 'drop';

/** What a test says in place of the peer's own answer; undefined leaves it. `count` is the number of the request, from 1 on. */
export type Conduct = (request: PeerRequest, count: number) => PeerConduct | undefined;

export interface HttpPeer {
  /** http://127.0.0.1:port */
  readonly origin: string;
  /** How many connections were ever opened. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** Loopback alone. `host` is another address of loopback than 127.0.0.1. */
export async function startHttpPeer(
  answer: (request: PeerRequest, count: number) => PeerConduct | Promise<PeerConduct>,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {},
): Promise<HttpPeer> {
  let count = 0;
  let connections = 0;
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The sender gave up.
    }
    const { method = '', url = '', headers } = request;
    count += 1;
    const conduct = await answer({ method, path: url, headers, body: Buffer.concat(chunks) }, count);
    if (conduct === 'silent') return;
    if (conduct === 'drop') return void request.socket.destroy();
    response.writeHead(conduct.status, conduct.headers).end(conduct.body);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    connections: () => connections,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
