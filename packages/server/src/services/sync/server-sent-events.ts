/** Live sync as Server-Sent Events, for where WebSockets are blocked and for plain programs. */
import type { ServerResponse } from 'node:http';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { Principal } from '../../kit/http/principal.ts';
import type { Transport } from './connection.ts';
import { streamEventOf } from './frames.ts';
import type { Standing } from './greeting.ts';
import type { Hub } from './hub.ts';

/** How long a browser waits before it connects again. */
const retry_ms = 2000;
const retryAfter_s = 5;

const heartbeat = Buffer.from(':\n\n');

const transport: Transport = {
  name: 'sse',
  answersPings: false,
  send: (socket, frame) => void (socket as ServerResponse).write(streamEventOf(frame)),
  bufferedBytes: (socket) => (socket as ServerResponse).writableLength,
  ping: (socket) => void (socket as ServerResponse).write(heartbeat),
  // There are no close codes here: the client connects again and is told by the status of the answer.
  close: (socket) => void (socket as ServerResponse).end(),
  terminate: (socket) => void (socket as ServerResponse).destroy(),
};

/**
 * Answers with a stream of the hub's frames, of one space or of all when `only` is null.
 * Throws Problem `rate_limited` or `unavailable` when no more connections are taken.
 */
export function serveStream(
  hub: Hub,
  response: ServerResponse,
  caller: Principal,
  options: { only: string | null; standing: Standing; headers: Readonly<Record<string, string>> },
): void {
  const { userId: personId, sessionId, tokenId } = caller;
  const connection = hub.open({ transport, socket: response, personId, sessionId, tokenId, only: options.only });
  response.on('close', () => hub.closed(connection));
  response.on('error', () => {});
  response.writeHead(200, {
    ...options.headers,
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Proxies that gather answers would hold the events back.
    'x-accel-buffering': 'no',
  });
  response.write(`retry: ${retry_ms}\n\n`);
  void hub.greet(connection, options.standing);
}

/** Throws the problem that tells why one more stream is not opened; does nothing when there is room. */
export function refuseStream(hub: Hub, personId: string): void {
  const refusal = hub.refusal(personId);
  if (refusal === 'too_many') {
    throw new Problem('rate_limited', 'Too many live connections of this account are open.', { retryAfter_s });
  }
  if (refusal) throw new Problem('unavailable', 'No more live connections are taken here.', { retryAfter_s });
}
