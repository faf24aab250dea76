/**
 * A lean HTTP/1.1 load generator on bare sockets: the generator shares the machine with what it measures, so it must
 * cost little. It knows answers with Content-Length on kept-alive connections, which is all the API sends.
 */
import { createConnection, type Socket } from 'node:net';

export interface LoadRequest {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: unknown;
}

export interface LoadResult {
  requests: number;
  failures: number;
  perSecond: number;
  /** Milliseconds, sorted. */
  latencies: number[];
}

const terminator = Buffer.from('\r\n\r\n');

/** Runs `connections` clients for `duration_ms`; each sends its next request when the answer of the last has come. */
export async function httpLoad(options: {
  url: string;
  bearer: (client: number) => string;
  connections: number;
  duration_ms: number;
  request: (client: number, turn: number) => LoadRequest;
}): Promise<LoadResult> {
  const { hostname, port } = new URL(options.url);
  const latencies: number[] = [];
  let failures = 0;
  const started = performance.now();
  const end = started + options.duration_ms;
  await Promise.all(
    Array.from({ length: options.connections }, async (_, client) => {
      const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
      const answers = readAnswers(socket);
      for (let turn = 0; performance.now() < end; turn++) {
        const sent = performance.now();
        socket.write(encode(hostname, options.bearer(client), options.request(client, turn)));
        const status = await answers();
        latencies.push(performance.now() - sent);
        if (status >= 400) failures += 1;
      }
      socket.destroy();
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return { requests: latencies.length, failures, perSecond: latencies.length / seconds, latencies };
}

function encode(host: string, bearer: string, request: LoadRequest): string {
  const head = `${request.method} ${request.path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${bearer}\r\n`;
  if (request.body === undefined) return `${head}\r\n`;
  const body = JSON.stringify(request.body);
  return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Answers a function that waits for the next answer on the socket and gives its status. */
function readAnswers(socket: Socket): () => Promise<number> {
  let pending: Buffer = Buffer.alloc(0);
  let waiting: PromiseWithResolvers<number> | undefined;
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const headEnd = pending.indexOf(terminator);
    if (headEnd === -1) return;
    const head = pending.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const total = headEnd + terminator.length + length;
    if (pending.length < total) return;
    pending = pending.subarray(total);
    waiting?.resolve(Number(head.slice(9, 12)));
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));
  return () => {
    waiting = Promise.withResolvers<number>();
    return waiting.promise;
  };
}

/** The value below which `share` of the sorted numbers lie. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
