/**
 * Posts to an address that a stranger may have chosen.
 *
 * - A name is resolved once, every address it has is judged by the rule, and the connection goes to one of the judged ones: a name
 *   that answers differently the next time (DNS rebinding) gains nothing. An address written in the URL is judged in the form
 *   that the connection uses: the URL parser has already made `0x7f.1` and `2130706433` into 127.0.0.1.
 * - Redirects are not followed, proxies of the environment are not used, cookies are not kept.
 * - Of the answer, so many bytes are read; then the connection is dropped.
 * - Everything ends within the time limit.
 *
 * Connections are kept for the next request to the same host for a while; they lead to the address that was judged.
 */
import dns from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressRule } from './safe-address.ts';

export interface PostLimits {
  /** For the whole: name, connection, request and answer. */
  readonly timeout_ms: number;
  /** What is beyond is not read. */
  readonly answerBytesMax: number;
}

export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly signal: AbortSignal;
}

export interface PostAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** UTF-8, cut at the limit. */
  readonly text: string;
}

export interface PostClient {
  /** `url` is http or https. Rejects with ForbiddenAddress, or with what the network, TLS or the time limit threw. */
  post(url: URL, request: PostRequest): Promise<PostAnswer>;
  /** Ends what is under way and lets go of the connections. Later posts reject. */
  close(): void;
}

export type Resolve = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** The URL leads to an address that the rule forbids. The address is not told: it would map the network for a stranger. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('the address leads into a network that may not be reached');
    this.name = 'ForbiddenAddress';
  }
}

/** So that one host with a thousand messages leaves sockets for others. */
const socketsPerHostMax = 8;
const idleSocketsPerHostMax = 2;
/** Shorter than servers keep idle connections (five seconds and more), so that a post rarely meets one that is just being closed. */
const idle_ms = 4000;

const systemResolve: Resolve = (hostname) => dns.lookup(hostname, { all: true, order: 'verbatim' });

export function guardedPosts(mayReach: AddressRule, limits: PostLimits, resolve: Resolve = systemResolve): PostClient {
  const closing = new AbortController();
  const lookup = judgedLookup(mayReach, resolve);
  const agentOptions = {
    keepAlive: true,
    maxSockets: socketsPerHostMax,
    maxFreeSockets: idleSocketsPerHostMax,
    timeout: idle_ms,
  };
  const agents = { 'http:': new http.Agent(agentOptions), 'https:': new https.Agent(agentOptions) };

  return {
    async post(url, { headers, body, signal }) {
      const { protocol } = url;
      if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`cannot post to ${protocol}`);
      const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
      if (isIP(host) !== 0 && !mayReach(host)) throw new ForbiddenAddress();
      const ending = AbortSignal.any([signal, closing.signal, AbortSignal.timeout(limits.timeout_ms)]);
      ending.throwIfAborted();
      const request = (protocol === 'https:' ? https : http).request(url, {
        method: 'POST',
        agent: agents[protocol],
        lookup,
        signal: ending,
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      });
      return await answerOf(request, body, limits.answerBytesMax).catch((error: unknown) => {
        // Node reports any abort alike; the reason tells a time limit from a caller who gave up.
        throw ending.aborted ? ending.reason : error;
      });
    },
    close() {
      closing.abort(new DOMException('the client was closed', 'AbortError'));
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Resolves a name once and answers with its addresses when all of them are well. */
function judgedLookup(mayReach: AddressRule, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!first) return callback(Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' }), '', 0);
        if (!addresses.every(({ address }) => mayReach(address))) return callback(new ForbiddenAddress(), '', 0);
        if (options.all) return callback(null, [...addresses]);
        return callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

function answerOf(request: http.ClientRequest, body: string | Uint8Array, bytesMax: number): Promise<PostAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
  request.on('error', reject);
  // Nobody asked for another protocol. Without a listener Node drops the connection and tells nobody.
  request.on('upgrade', (response, socket) => {
    socket.destroy();
    resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' });
  });
  let isAnswered = false;
  request.on('close', () => {
    if (!isAnswered) reject(new Error('the connection ended without an answer'));
  });
  request.on('response', (response) => {
    isAnswered = true;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = () => {
      const text = Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < bytesMax) return;
      finish();
      response.destroy();
    });
    response.on('end', finish);
    response.on('error', reject);
    response.on('close', () => reject(new Error('the answer broke off')));
  });
  request.end(body);
  return promise;
}

/** Why a post failed, in a few words that hold nothing of the request: for the person whose target it is. */
export function postFailure(error: unknown): string {
  if (error instanceof ForbiddenAddress) return error.message;
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (name === 'TimeoutError') return 'no answer within the time limit';
  if (name === 'AbortError') return 'the hand-over was cut off';
  if (typeof code !== 'string') return 'the connection failed';
  return failures[code] ?? `the connection failed (${code})`;
}

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ENOTFOUND: 'the name has no address',
  EAI_AGAIN: 'the name could not be resolved just now',
  ETIMEDOUT: 'no connection within the time limit',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};
