/**
 * Receives webhook deliveries and counts them. It lives in the process of the harness, which nobody kills, so what it has counted is
 * what really arrived: a request whose body came to its end, whether or not the sender lived to read the answer.
 *
 *   key      the header `webhook-id`: the idempotency key, the same for every attempt of one decision to send
 *   subject  what the message is about, read from its body: one reminder of one recipient at one instant
 *
 * A key that came twice is a raw duplicate, which a receiver that looks at keys passes over. A subject that came under two keys is an
 * effective one: two decisions were made, and no receiver can tell.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const KEYS_MAX = 200_000;
const KEY_CHARACTERS_MAX = 200;
const BODY_BYTES_MAX = 64 * 1024;
/** Later arrivals of one key are counted and not written down. */
const ARRIVALS_KEPT_MAX = 20;
const REQUEST_MAX_MS = 30_000;

export interface Received {
  readonly key: string;
  readonly subject: string;
  /** How often it came. */
  count: number;
  /** When, in milliseconds of the machine's clock, the first ones. */
  readonly arrivals_ms: number[];
}

export interface SinkTally {
  readonly keys: number;
  readonly arrivals: number;
  readonly rawDuplicates: number;
  /** The subjects that came under more than one key. */
  readonly effectiveDuplicates: readonly string[];
  /** Requests that broke off, had no key, were too large, or came when the sink was full. */
  readonly refused: number;
}

export interface Sink {
  readonly url: string;
  readonly received: ReadonlyMap<string, Received>;
  /** The senders' ports of requests that have begun and are not yet answered. */
  portsInFlight(): number[];
  tally(): SinkTally;
  stop(): Promise<void>;
}

export interface SinkOptions {
  /** What a message is about; null where it cannot be told, which refuses the message with 400. */
  subjectOf: (body: unknown) => string | null;
  /** How long a message is held before it is answered, in milliseconds, so that kills hit hand-overs; none unless given. */
  hold_ms?: () => number;
}

/** Starts the receiver on a free port of this machine. */
export async function startSink({ subjectOf, hold_ms = () => 0 }: SinkOptions): Promise<Sink> {
  const received = new Map<string, Received>();
  const inFlight = new Map<IncomingMessage, number>();
  let refused = 0;

  async function take(request: IncomingMessage): Promise<number> {
    const key = request.headers['webhook-id'];
    const body = await readBody(request);
    if (typeof key !== 'string' || key === '' || key.length > KEY_CHARACTERS_MAX) return 400;
    if (body === null) return 413;
    const subject = subjectOf(parseJson(body));
    if (subject === null) return 400;
    const known = received.get(key);
    if (!known && received.size >= KEYS_MAX) return 503;
    const entry = known ?? { key, subject, count: 0, arrivals_ms: [] };
    if (entry.subject !== subject) return 400;
    received.set(key, entry);
    entry.count += 1;
    if (entry.arrivals_ms.length < ARRIVALS_KEPT_MAX) entry.arrivals_ms.push(Date.now());
    await sleep(hold_ms());
    return 204;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    inFlight.set(request, request.socket.remotePort ?? 0);
    try {
      const status = await take(request);
      if (status !== 204) refused += 1;
      response.writeHead(status).end();
    } catch {
      // The sender went away in the middle of its message: that one did not arrive.
      refused += 1;
      response.destroy();
    } finally {
      inFlight.delete(request);
    }
  }

  const server = createServer((request, response) => {
    response.on('error', () => {});
    void answer(request, response);
  });
  server.requestTimeout = REQUEST_MAX_MS;
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    portsInFlight: () => [...inFlight.values()],
    tally: () => tallyOf(received, refused),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function tallyOf(received: ReadonlyMap<string, Received>, refused: number): SinkTally {
  let arrivals = 0;
  const keysOf = new Map<string, number>();
  for (const { subject, count } of received.values()) {
    arrivals += count;
    keysOf.set(subject, (keysOf.get(subject) ?? 0) + 1);
  }
  const effectiveDuplicates = [...keysOf].filter(([, keys]) => keys > 1).map(([subject]) => subject);
  return { keys: received.size, arrivals, rawDuplicates: arrivals - received.size, effectiveDuplicates, refused };
}

/** The body, or null when it is too large. Throws when the sender breaks off. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return size > BODY_BYTES_MAX ? null : Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
