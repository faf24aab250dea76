/** The yardstick of live sync: a WebSocket server that sends what it hears in a room to everyone in the room, and nothing else. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerAsks } from '../frame/own-process.ts';

const asks = {
  /** Serves on a free port and answers the address. A client's room is the path it connects to. */
  async open(): Promise<string> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, clientTracking: false });
    await once(server, 'listening');
    const rooms = new Map<string, Set<WebSocket>>();
    server.on('connection', (socket, request) => {
      const name = request.url ?? '';
      const room = rooms.get(name) ?? new Set();
      rooms.set(name, room.add(socket));
      socket.on('message', (data) => {
        for (const member of room) member.send(data, { binary: false });
      });
      socket.on('close', () => room.delete(socket));
    });
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};

export type BareBroadcast = typeof asks;

answerAsks(asks);
