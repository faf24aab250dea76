/**
 * The PostgreSQL of a chaos run: durable, reached over TCP by programs that did not start it, killed hard and started again without
 * being asked. It listens on a loopback address of its own, where the port cannot be taken; where there is only one such
 * address (not Linux) it is reached by its socket, and nobody can tell whose transactions are open.
 */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readPostmasterFile } from '../../packages/server/src/adapters/embedded-postgres/orphan.ts';
import { startEmbeddedPostgres } from '../../packages/server/src/adapters/embedded-postgres/start.ts';
import { childrenOf } from '../harness/processes.ts';
import type { Outage } from './outages.ts';

/** A dozen programs with pools of forty connections, which few of them fill, and the harness. */
const CONNECTIONS_MAX = '400';

const SERVES_MAX_MS = 60_000;
const POLL_MS = 20;
/** A question at the moment of a kill must not delay it. */
const QUESTION_MAX_MS = 500;

/**
 * How it is stopped: `power-cut` kills the server with all its processes at once, `postmaster` kills its first process, whose
 * children then notice, and `immediate` tells it to stop without a checkpoint. Each leaves the log to be replayed.
 */
export const databaseEndings = ['power-cut', 'postmaster', 'immediate'] as const;
export type DatabaseEnding = (typeof databaseEndings)[number];

export interface DatabaseServer {
  readonly ownerUrl: string;
  /** When it was down; each ends when it answers a query again. */
  readonly outages: readonly Outage[];
  /** Stops it hard and resolves when it serves again. At most five times a minute, or it gives up. */
  end(how: DatabaseEnding): Promise<void>;
  /** The sessions of these client ports that are in a transaction or run a statement now; null when it cannot be asked. */
  busySessions(clientPorts: ReadonlySet<number>): Promise<number | null>;
  /** Asks as the owner. Throws when the server is down. */
  rows<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

/** Starts it on a data folder. `say` hears of what PostgreSQL complains about. */
export async function startDatabaseServer(options: {
  folder: string;
  say: (line: string) => void;
}): Promise<DatabaseServer> {
  const address = process.platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}` : '';
  const tell = (fields: object, message: string) => options.say(`${message} ${JSON.stringify(fields)}`);
  const server = await startEmbeddedPostgres({
    folder: options.folder,
    log: { debug() {}, info() {}, warn: tell, error: tell },
    settings: { listen_addresses: address, max_connections: CONNECTIONS_MAX },
  });
  const ownerUrl = address === '' ? server.ownerUrl : overTcp(server.ownerUrl, address);
  const cluster = join(options.folder, 'postgres');
  const outages: Outage[] = [];

  async function ask<Row extends pg.QueryResultRow>(text: string, values: unknown[] = [], timeout_ms?: number) {
    const client = new pg.Client({
      connectionString: ownerUrl,
      ...(timeout_ms !== undefined && { connectionTimeoutMillis: timeout_ms, query_timeout: timeout_ms }),
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  return {
    ownerUrl,
    outages,
    rows: (text, values) => ask(text, values),
    async busySessions(clientPorts) {
      const text = `
        select count(*)::int as count from pg_stat_activity
        where client_port = any($1) and state in ('active', 'idle in transaction')`;
      const rows = await ask<{ count: number }>(text, [[...clientPorts]], QUESTION_MAX_MS).catch(() => []);
      return rows[0]?.count ?? null;
    },
    async end(how) {
      const before = readPostmasterFile(cluster)?.pid;
      if (before === undefined) throw new Error('PostgreSQL does not run, so it cannot be stopped');
      const outage: Outage = { what: 'postgres', from_ms: Date.now(), to_ms: null };
      outages.push(outage);
      endHard(before, how);
      const deadline = performance.now() + SERVES_MAX_MS;
      const isAnother = () => ![before, undefined].includes(readPostmasterFile(cluster)?.pid);
      while (!(isAnother() && (await ask('select 1', [], QUESTION_MAX_MS).catch(() => null)))) {
        if (performance.now() > deadline) throw new Error(`PostgreSQL does not serve ${SERVES_MAX_MS} ms after ${how}`);
        await sleep(POLL_MS);
      }
      outage.to_ms = Date.now();
    },
    stop: () => server.stop(),
  };
}

function endHard(postmaster: number, how: DatabaseEnding): void {
  const children = childrenOf(postmaster);
  process.kill(postmaster, how === 'immediate' ? 'SIGQUIT' : 'SIGKILL');
  if (how !== 'power-cut') return;
  for (const child of children) {
    try {
      process.kill(child, 'SIGKILL');
    } catch {
      // It ended with its server.
    }
  }
}

function overTcp(socketUrl: string, address: string): string {
  return socketUrl.replace(/@[^:/]+:/, `@${address}:`);
}
