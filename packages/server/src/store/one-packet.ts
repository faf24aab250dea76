/**
 * Statements that are sent in one turn of the event loop leave in one packet. Each packet is a system call here and wakes
 * PostgreSQL's process there, which together cost more than most statements.
 */
import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/** Makes a connected client collect what it is given until the end of the turn. */
export function sendTogether(client: ClientBase): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const collecting = (...given: unknown[]): unknown => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return query(...given);
  };
  client.query = collecting as ClientBase['query'];
}
