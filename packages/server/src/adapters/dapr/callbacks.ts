/**
 * The server that the Dapr sidecar beside this process calls: events, jobs, invocations. It is apart from the port that people use and
 * bound to loopback; every call but the health probe must carry the app token.
 *
 * `createCallbacks` takes registrations through the interface of ports/callbacks.ts, which is what other adapters are handed; `open`
 * listens and comes last. Its `stop` comes first of all, in the order in which nothing is lost:
 * 1. health turns 503, so that Dapr pauses subscriptions and jobs, while calls are still served;
 * 2. it is awaited that the probe has seen that, where there is a probe;
 * 3. calls in hand are finished;
 * 4. the port is closed.
 * A port that closed first would fail deliveries, and enough failed tries make a dead letter of a good event.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../kit/log.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import { type Running, runningUntilStopped } from '../../kit/running.ts';
import type { CallbackAnswer, CallbackHandler, Callbacks } from '../../ports/callbacks.ts';

/** Above Dapr's own limit of 4 MiB with room for the envelope. */
const bodyBytesMax = 5 * 1_048_576;
const headersTimeout_ms = 10_000;
const requestTimeout_ms = 60_000;
/** Longer than the sidecar keeps idle connections (90 s), so that it never sends on one that is just being closed. */
const keepAliveTimeout_ms = 120_000;
/** The thresholds in use are 1 and 2; so many failed probes have told every one of them. */
const failedProbesAwaited = 2;
/** What the wait for probes and the calls in hand may cost of the time that the program has for stopping. */
const noticeMax_ms = 5_000;
const drainMax_ms = 15_000;
/** A probe may come so late on a busy machine. */
const probeDelay_ms = 500;
const look_ms = 25;

export const callbacksHealthPath = '/healthz';

export interface CallbackServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** What the sidecar sends in `dapr-api-token`. */
  readonly token: string;
}

export interface OpenCallbacks extends Running {
  readonly port: number;
}

export interface CallbackServer extends Callbacks {
  /** Listens on 127.0.0.1. Throws OperatorError when the port cannot be had. */
  open(): Promise<OpenCallbacks>;
}

interface State {
  isOpen: boolean;
  isStopping: boolean;
  /** When the last probe came, and how long after the one before; null before the first and the second. */
  probedAt_ms: number | null;
  probedEvery_ms: number | null;
  failedProbes: number;
  inHand: number;
}

export function createCallbacks(log: Log, options: CallbackServerOptions): CallbackServer {
  const routes = new Map<string, { handler: CallbackHandler; bytesMax: number }>();
  const wells: (() => boolean)[] = [];
  const mounts: { prefix: string; listener: (request: IncomingMessage, response: ServerResponse) => void }[] = [];
  const subscriptions: Readonly<Record<string, unknown>>[] = [];
  const state: State = {
    isOpen: false,
    isStopping: false,
    probedAt_ms: null,
    probedEvery_ms: null,
    failedProbes: 0,
    inHand: 0,
  };
  const isToken = tokenCheck(options.token);

  const register = (what: string) => {
    if (state.isOpen) throw new Error(`${what} is registered after the server for callbacks has opened`);
  };
  const route: Callbacks['route'] = (method, path, handler, limits = {}) => {
    const name = `${method} ${path}`;
    register(name);
    if (routes.has(name)) throw new Error(`${name} is registered twice`);
    routes.set(name, { handler, bytesMax: limits.bodyBytesMax ?? bodyBytesMax });
  };
  route('GET', '/dapr/config', () => ({ status: 200, body: {} }));
  route('GET', '/dapr/subscribe', () => ({ status: 200, body: subscriptions }));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request.url);
    if (path === callbacksHealthPath) return send(response, probed(state, wells));
    if (!isToken(request.headers['dapr-api-token'])) return refuse(request, response, 401);
    const mount = mounts.find(({ prefix }) => path.startsWith(prefix));
    if (mount) return mount.listener(request, response);
    const below = path.slice(0, path.lastIndexOf('/') + 1);
    const found = routes.get(`${request.method} ${path}`) ?? routes.get(`${request.method} ${below}*`);
    if (!found) return refuse(request, response, request.method === 'POST' ? 503 : 404);
    const body = await bodyOf(request, found.bytesMax);
    if (body === undefined) return refuse(request, response, 413);
    send(response, await found.handler({ path, headers: request.headers, body }));
  }

  const server = http.createServer(
    { headersTimeout: headersTimeout_ms, requestTimeout: requestTimeout_ms, keepAliveTimeout: keepAliveTimeout_ms },
    (request, response) => {
      state.inHand++;
      const closed = new Promise((resolve) => response.once('close', resolve));
      const answered = answer(request, response).catch((error) => {
        // The sidecar will come again; whoever handles tells what went wrong with what.
        log.warn({ error, path: pathOf(request.url) }, 'a call of the sidecar failed');
        if (!response.headersSent) send(response, { status: 500 });
        else response.destroy();
      });
      // A call whose sidecar was killed is in hand until its handler is through.
      Promise.all([answered, closed]).then(() => state.inHand--);
    },
  );

  return {
    route,
    wellWhile(isWell) {
      register('a condition of health');
      wells.push(isWell);
    },
    announce(subscription) {
      register('a subscription');
      subscriptions.push(subscription);
    },
    mount(prefix, listener) {
      register(prefix);
      mounts.push({ prefix, listener });
    },
    async open() {
      state.isOpen = true;
      const port = await listen(server, options.port);
      return { port, ...runningUntilStopped(() => close(server, state)) };
    },
  };
}

/** Compares in a time that does not depend on where the two differ. */
function tokenCheck(token: string): (given: string | string[] | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(token);
  return (given) => typeof given === 'string' && timingSafeEqual(digest(given), wanted);
}

function probed(state: State, wells: readonly (() => boolean)[]): CallbackAnswer {
  const now_ms = performance.now();
  if (state.probedAt_ms !== null) state.probedEvery_ms = now_ms - state.probedAt_ms;
  state.probedAt_ms = now_ms;
  if (!state.isStopping) return { status: wells.every((isWell) => isWell()) ? 200 : 503 };
  state.failedProbes++;
  return { status: 503 };
}

function pathOf(url = '/'): string {
  const [path = '/'] = url.split('?', 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The body, or undefined when it is too large. */
async function bodyOf(request: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What was not read of a refused request is not worth a connection. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  if (!request.complete) response.setHeader('connection', 'close');
  send(response, { status });
}

function send(response: ServerResponse, { status, body }: CallbackAnswer): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...(text !== '' && { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

async function listen(server: http.Server, port: number): Promise<number> {
  try {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, resolve);
    await promise;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new OperatorError(
      `The port ${port} for calls of the sidecar cannot be opened (${code}).`,
      'Name a free one in DAYMARK_DAPR_APP_PORT, and the same as --app-port of the sidecar.',
      { cause },
    );
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function close(server: http.Server, state: State): Promise<void> {
  state.isStopping = true;
  if (state.probedAt_ms !== null) {
    await until(() => state.failedProbes >= failedProbesAwaited || isUnwatched(state), noticeMax_ms);
  }
  await until(() => state.inHand === 0, drainMax_ms);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

/** A sidecar that is stopping, too, leaves after the first failed probe: nobody probes any more. */
function isUnwatched({ probedAt_ms, probedEvery_ms }: State): boolean {
  if (probedAt_ms === null || probedEvery_ms === null) return false;
  return performance.now() - probedAt_ms > 2 * probedEvery_ms + probeDelay_ms;
}

async function until(isSo: () => boolean, patience_ms: number): Promise<void> {
  const end = performance.now() + patience_ms;
  while (!isSo() && performance.now() < end) await sleep(look_ms);
}
