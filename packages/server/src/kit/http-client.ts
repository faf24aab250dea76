/**
 * One HTTP exchange after another with a server that the operator named, over connections that are kept. Redirects are not followed,
 * proxies of the environment are not used, cookies are not kept, nothing is decompressed: what comes is what was sent. Every exchange
 * has a time limit and reads so many bytes and no more. For addresses that a stranger may have chosen there is guarded-fetch.ts.
 */
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';

const socketsMax = 64;
const idleSocketsMax = 8;
/** Shorter than servers keep idle connections (five seconds and more), so that a request rarely meets one that is just being closed. */
const idle_ms = 4_000;

export interface HttpRequest {
  readonly method: string;
  /** With a leading slash and everything in it encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  /** For the whole, from the connection to the last byte. */
  readonly timeout_ms: number;
  readonly answerBytesMax: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpClient {
  /** Rejects with AnswerTooLarge, the reason of the signal, a TimeoutError, or what the network or TLS threw. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Lets go of the connections; what is under way is cut off. */
  close(): void;
}

export class AnswerTooLarge extends Error {
  constructor(bytesMax: number) {
    super(`the answer is larger than ${bytesMax} bytes`);
    this.name = 'AnswerTooLarge';
  }
}

/** `origin` is `http://host:port` or `https://…`. */
export function httpClient(origin: string): HttpClient {
  const base = new URL(origin);
  const scheme = base.protocol === 'https:' ? https : http;
  const agent = new scheme.Agent({
    keepAlive: true,
    maxSockets: socketsMax,
    maxFreeSockets: idleSocketsMax,
    timeout: idle_ms,
  });
  return {
    async request({ method, path, headers, body, timeout_ms, answerBytesMax, signal }) {
      const ending = AbortSignal.any([AbortSignal.timeout(timeout_ms), ...(signal ? [signal] : [])]);
      ending.throwIfAborted();
      const request = scheme.request(base, {
        method,
        path,
        agent,
        signal: ending,
        headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) },
      });
      return await exchange(request, body, answerBytesMax).catch((error: unknown) => {
        // Node reports any abort alike; the reason tells a time limit from a caller who gave up.
        throw ending.aborted ? ending.reason : error;
      });
    },
    close: () => agent.destroy(),
  };
}

function exchange(
  request: http.ClientRequest,
  body: string | Uint8Array | undefined,
  bytesMax: number,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  request.on('error', reject);
  request.on('close', () => reject(new Error('the connection ended without an answer')));
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) return chunks.push(chunk);
      reject(new AnswerTooLarge(bytesMax));
      return response.destroy();
    });
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
    );
    response.on('error', reject);
    response.on('close', () => reject(new Error('the answer broke off')));
  });
  request.end(body);
  return promise;
}
