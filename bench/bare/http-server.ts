/** The yardstick of a day's load: an HTTP server that answers each request with a text as long as a list of tasks, and nothing else. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAsks } from '../frame/own-process.ts';

/** Fifty tasks of a list have about so many bytes. */
const answerBytes = 40_000;

const asks = {
  /** Serves on a free port and answers the address. */
  async open(): Promise<string> {
    const answer = JSON.stringify({ items: 'x'.repeat(answerBytes) });
    const server = createServer((request, response) => {
      request.resume();
      request.once('end', () => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
      });
    });
    server.keepAliveTimeout = 75_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};

export type BareHttpServer = typeof asks;

answerAsks(asks);
