import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { DatabaseUrls } from '../src/store/logins.ts';

export interface TestDatabase {
  urls: DatabaseUrls;
  /** Drops the database; whatever is still connected to it is cut off. */
  close(): Promise<void>;
}

/**
 * A database of the test's own, with the current schema and all logins, cloned from the template in milliseconds. Only
 * for `*.pg.test.ts` files, whose project starts PostgreSQL.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const template = inject('templateUrls');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(template.owner, `create database ${name} template ${inject('templateName')}`);
  const urls = Object.fromEntries(
    Object.entries(template).map(([role, url]) => [role, urlOfDatabase(url, name)]),
  ) as DatabaseUrls;
  return { urls, close: () => onServer(template.owner, `drop database if exists ${name} with (force)`) };
}

/** The same server and login with another database. */
export function urlOfDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/** Runs a statement beside the template, which must have no connection while it is cloned. */
async function onServer(ownerUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOfDatabase(ownerUrl, 'postgres') });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
