/**
 * One kept-alive HTTP/1.1 connection on a bare socket: a load generator shares the machine with what it measures, so it must
 * cost little. It knows answers with Content-Length, which is all the API sends.
 */
import { createConnection, type Socket } from 'node:net';

export interface LoadRequest {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: unknown;
}

export interface HttpConnection {
  /** Sends a request when the answer to the last has come, and answers the status. */
  ask(bearer: string, request: LoadRequest): Promise<number>;
  close(): void;
}

const terminator = Buffer.from('\r\n\r\n');

export function openHttpConnection(url: string): HttpConnection {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
  const nextStatus = readAnswers(socket);
  return {
    ask(bearer, request) {
      socket.write(encode(hostname, bearer, request));
      return nextStatus();
    },
    close: () => void socket.destroy(),
  };
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
