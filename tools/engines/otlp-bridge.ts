/**
 * A receiver of traces over OTLP/HTTP, in protobuf and in JSON, within the process that starts it. It keeps what it receives, for
 * tests to read, and hands it on to a Zipkin where one is given. Other signals of OTLP are answered with 404.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { LOOPBACK } from './loopback.ts';
import { readJson } from './otlp/read-json.ts';
import { readProtobuf } from './otlp/read-protobuf.ts';
import type { Span } from './otlp/span.ts';
import { toZipkin } from './otlp/to-zipkin.ts';

const unzip = promisify(gunzip);

/** The oldest go when there are more. */
const SPANS_KEPT_MAX = 200_000;
const FORWARD_MAX_MS = 10_000;

export interface OtlpBridge {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT takes. */
  endpoint: string;
  /** The same as host and port, as Dapr's configuration takes it. */
  address: string;
  /** What has been received, in the order of arrival. */
  spans(): readonly Span[];
  /** Resolves as soon as what has been received satisfies a condition; rejects with what is there when that takes too long. */
  until(enough: (spans: readonly Span[]) => boolean, options: { within_ms: number }): Promise<readonly Span[]>;
  forget(): void;
  /** Requests that could not be read, and answers of Zipkin other than 202: nothing for a test to overlook. */
  faults(): readonly string[];
  /** Resolves when everything received so far has been handed on. */
  handedOn(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOtlpBridge({ zipkinUrl }: { zipkinUrl?: string } = {}): Promise<OtlpBridge> {
  const spans: Span[] = [];
  const faults: string[] = [];
  const waiting = new Set<() => void>();
  let forwarding: Promise<void> = Promise.resolve();
  const take = (received: readonly Span[]) => {
    spans.push(...received);
    spans.splice(0, spans.length - SPANS_KEPT_MAX);
    for (const look of waiting) look();
    if (!zipkinUrl) return;
    forwarding = forwarding
      .then(() => forward(zipkinUrl, received))
      .catch((error: Error) => {
        faults.push(error.message);
      });
  };
  const server = createServer((request, response) => {
    receive(request, response)
      .then(take)
      .catch((error: Error) => {
        faults.push(`${request.method} ${request.url}: ${error.message}`);
        response.writeHead(400).end();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  // A receiver holds nobody back from their end.
  server.unref();
  const address = `${LOOPBACK}:${(server.address() as AddressInfo).port}`;
  return {
    endpoint: `http://${address}`,
    address,
    spans: () => spans,
    until: (enough, { within_ms }) => waitFor(() => enough(spans), { spans, waiting, within_ms }),
    forget: () => void spans.splice(0),
    faults: () => faults,
    handedOn: () => forwarding,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await forwarding;
    },
  };
}

/** Answers as the specification asks, in the encoding of the request, and returns the spans. */
async function receive(request: IncomingMessage, response: ServerResponse): Promise<Span[]> {
  const body = await buffer(request);
  if (request.method !== 'POST' || request.url !== '/v1/traces') {
    response.writeHead(404).end();
    return [];
  }
  const plain = request.headers['content-encoding'] === 'gzip' ? await unzip(body) : body;
  const json = request.headers['content-type']?.startsWith('application/json') ?? false;
  const spans = json ? readJson(plain.toString()) : readProtobuf(plain);
  // An empty answer says that all were accepted; in protobuf that is no byte at all.
  response.writeHead(200, { 'content-type': json ? 'application/json' : 'application/x-protobuf' });
  response.end(json ? '{}' : '');
  return spans;
}

async function forward(zipkinUrl: string, spans: readonly Span[]): Promise<void> {
  if (spans.length === 0) return;
  const response = await fetch(`${zipkinUrl}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(spans.map(toZipkin)),
    signal: AbortSignal.timeout(FORWARD_MAX_MS),
  });
  if (response.status !== 202) throw new Error(`Zipkin answered ${response.status}: ${await response.text()}`);
}

function waitFor(
  enough: () => boolean,
  { spans, waiting, within_ms }: { spans: readonly Span[]; waiting: Set<() => void>; within_ms: number },
): Promise<readonly Span[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Span[]>();
  const look = () => {
    if (enough()) resolve(spans);
  };
  const late = setTimeout(() => {
    const seen = spans.map(({ service, name, kind }) => `${service}: ${name} (${kind})`);
    reject(new Error(`not enough spans in ${within_ms} ms; ${seen.length} came:\n${seen.join('\n')}`));
  }, within_ms);
  waiting.add(look);
  look();
  return promise.finally(() => {
    clearTimeout(late);
    waiting.delete(look);
  });
}
