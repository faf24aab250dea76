/**
 * Where a companion process beside this one (a sidecar) calls back: adapters register what they answer, and app opens the server when all
 * have registered. What is registered afterwards would not be asked for, so it is refused.
 *
 * - A handler is called with the whole body. Its answer says what becomes of what was handed over, so it answers when the effect, or the
 *   note of its failure, is committed. A handler that rejects is answered with 500: deliver again later.
 * - A POST that nobody registered is answered with 503 and never with 404, which a sidecar may read as "throw it away".
 * - While the program stops, calls are taken until the companion has seen that no more should come.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

export interface CallbackRequest {
  /** Decoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface CallbackAnswer {
  readonly status: number;
  /** Sent as JSON; nothing is sent when it is absent. */
  readonly body?: unknown;
}

export type CallbackHandler = (request: CallbackRequest) => Promise<CallbackAnswer> | CallbackAnswer;

export interface RouteLimits {
  /** The largest body; a larger one is refused, which may mean that it comes again for ever. */
  readonly bodyBytesMax?: number;
}

export interface Callbacks {
  /**
   * `path` is decoded and begins with a slash. It is exact, or ends with `/*` for all that lies below. Throws when it is taken or the
   * server is open.
   */
  route(method: 'GET' | 'POST', path: string, handler: CallbackHandler, limits?: RouteLimits): void;
  /** The probe is answered "unwell" while this answers false, so that nothing is delivered. It must cost nothing. */
  wellWhile(isWell: () => boolean): void;
  /** One entry of the list of subscriptions that the companion asks for at its start, as it wants it. */
  announce(subscription: Readonly<Record<string, unknown>>): void;
  /** Hands all requests below `prefix` (`/api/`) over as they are; they are authenticated as callbacks are. */
  mount(prefix: string, listener: (request: IncomingMessage, response: ServerResponse) => void): void;
}
