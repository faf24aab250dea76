/** Bare scripts that speak to PostgreSQL: as many connections as the program's clients, each busy until time is up. */
import pg from 'pg';
import { sendTogether } from '../../packages/server/src/store/one-packet.ts';
import type { Sql } from '../../packages/server/src/store/sql.ts';
import { sqlOn, wireTypes } from '../../packages/server/src/store/sql.ts';
import { type Measured, summarise } from '../frame/rounds.ts';

export interface BareConnection {
  readonly client: pg.Client;
  readonly sql: Sql;
}

/** Connections with the settings of the program's pools. */
export async function openConnections(url: string, count: number): Promise<BareConnection[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const client = new pg.Client({
        connectionString: url,
        options: '-c timezone=UTC -c datestyle=ISO',
        pipeline: true,
        types: wireTypes,
      });
      await client.connect();
      sendTogether(client);
      return { client, sql: sqlOn(client) };
    }),
  );
}

/** Each connection does its work again and again for `duration_ms`. */
export async function keepBusy(
  connections: readonly BareConnection[],
  duration_ms: number,
  work: (connection: BareConnection, index: number, turn: number) => Promise<void>,
): Promise<Measured> {
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + duration_ms;
  await Promise.all(
    connections.map(async (connection, index) => {
      for (let turn = 0; performance.now() < end; turn++) {
        const sent = performance.now();
        await work(connection, index, turn);
        latencies.push(performance.now() - sent);
      }
    }),
  );
  return summarise(latencies, performance.now() - started);
}
