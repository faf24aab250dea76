/** Live sync over a WebSocket: the client says hello, then reads; pings go both as frames and in the protocol. */
import { ClientFrame } from '@daymark/core/contract/sync.ts';
import { closeCodes } from '@daymark/core/contract/sync-protocol.ts';
import type { RawData, WebSocket } from 'ws';
import type { Principal } from '../../kit/http/principal.ts';
import type { Connection, Transport } from './connection.ts';
import { messageOf, pingFrame } from './frames.ts';
import type { Hub, Refusal } from './hub.ts';

/** A hello with the cursors of a thousand spaces fits. */
export const messageBytesMax = 65_536;

const asText = { binary: false } as const;

const transport: Transport = {
  name: 'websocket',
  answersPings: true,
  send: (socket, frame) => (socket as WebSocket).send(messageOf(frame), asText),
  bufferedBytes: (socket) => (socket as WebSocket).bufferedAmount,
  // Browsers answer the protocol's ping by themselves but do not show it to their pages, which need one to notice silence.
  ping: (socket) => {
    (socket as WebSocket).ping();
    (socket as WebSocket).send(messageOf(pingFrame), asText);
  },
  close: (socket, code, reason) => (socket as WebSocket).close(code, reason),
  terminate: (socket) => (socket as WebSocket).terminate(),
};

const refusals: Record<Refusal, [code: number, reason: string]> = {
  full: [closeCodes.tryLater, 'this server has all the connections it takes'],
  stopping: [closeCodes.restarting, 'the server restarts'],
  too_many: [closeCodes.tooMany, 'too many connections are open'],
};

/** Takes a WebSocket of a caller into the hub, or closes it with the reason. */
export function serveWebSocket(hub: Hub, socket: WebSocket, caller: Principal): void {
  // A broken connection closes; there is nothing else to do about it.
  socket.on('error', () => {});
  const refusal = hub.refusal(caller.userId);
  if (refusal) {
    socket.close(...refusals[refusal]);
    return;
  }
  const { userId: personId, sessionId, tokenId } = caller;
  const connection = hub.open({ transport, socket, personId, sessionId, tokenId, only: null });
  socket.on('message', (data, isBinary) => receive(hub, connection, data, isBinary));
  socket.on('pong', () => hub.heard(connection));
  socket.on('close', () => hub.closed(connection));
}

function receive(hub: Hub, connection: Connection, data: RawData, isBinary: boolean): void {
  if (connection.state === 'closed') return;
  const frame = isBinary ? undefined : parse(data.toString());
  const isWelcome = frame?.type === 'hello' ? connection.state === 'new' : frame !== undefined;
  if (!hub.heard(connection) || !frame || !isWelcome) {
    hub.end(connection, closeCodes.malformed, 'a frame that is not of the protocol');
    return;
  }
  if (frame.type === 'hello') void hub.greet(connection, { cursors: frame.cursors, epoch: frame.epoch });
}

function parse(text: string): ClientFrame | undefined {
  try {
    return ClientFrame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
