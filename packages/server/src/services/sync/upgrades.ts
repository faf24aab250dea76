/**
 * Requests that want to become WebSockets. They take the same way through the edge as every other request, so that the same guard
 * asks who they are and where they come from; only a route that accepts the upgrade makes one, any other answer ends the connection.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Edge } from '../../kit/http/edge.ts';

export interface Upgrades {
  /** Makes the request a WebSocket. Throws Problem `malformed_request` when it does not ask for that. */
  accept(request: FastifyRequest, reply: FastifyReply, onOpen: (socket: WebSocket) => void): void;
}

/** Hears of upgrades on the edge's server. Compression is off: it costs more processor time than it saves on short frames. */
export function takeUpgrades(http: Edge, options: { messageBytesMax: number }): Upgrades {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    maxPayload: options.messageBytesMax,
  });
  const waiting = new WeakMap<IncomingMessage, { socket: Duplex; head: Buffer }>();

  http.server.on('upgrade', (request, socket, head) => {
    socket.on('error', destroy);
    waiting.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    // Not merely ended: a client that keeps its half open would hold the socket for ever.
    response.once('finish', () => (socket as Socket).destroySoon());
    http.routing(request, response);
  });

  return {
    accept(request, reply, onOpen) {
      const upgrade = waiting.get(request.raw);
      if (!upgrade) throw new Problem('malformed_request', 'This address speaks WebSocket: ask for an upgrade.');
      const { socket, head } = upgrade;
      reply.hijack();
      reply.raw.detachSocket(socket as Socket);
      socket.off('error', destroy);
      server.handleUpgrade(request.raw, socket, head, onOpen);
    },
  };
}

function destroy(this: Duplex): void {
  this.destroy();
}
