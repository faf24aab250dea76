/**
 * What is measured: the real program as a process of its own, people in it, and a second database beside its own in the
 * same PostgreSQL, migrated alike. A bare script that writes uses that one: same server, same tables, indexes,
 * triggers and durability, but the program's consumers do not read what the script wrote.
 */
import { randomUUIDv7 } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type OneProcess, startOneProcess } from '../../e2e/harness/one-process.ts';
import { type Client, signUp } from '../../e2e/people.ts';
import { attachEmbeddedPostgres } from '../../packages/server/src/adapters/embedded-postgres/attach.ts';
import { provisionPerson } from '../../packages/server/src/commands/provision-person.ts';
import { createKeyedQueue } from '../../packages/server/src/kit/keyed-queue.ts';
import { openLog } from '../../packages/server/src/kit/log.ts';
import { noTracing } from '../../packages/server/src/kit/tracing.ts';
import { type Database, openDatabase } from '../../packages/server/src/store/database.ts';
import { findEpoch } from '../../packages/server/src/store/epochs.ts';
import { type DatabaseUrls, ensureLogins } from '../../packages/server/src/store/logins.ts';
import { migrate } from '../../packages/server/src/store/migrate.ts';

/** A password is hashed at sign-up, which takes a processor for a while. */
const signUpsAtOnce = 2;
const yardstickDatabase = 'daymark_yardstick';
const silent = openLog({ level: 'silent', service: 'bench' }).log;

export interface World {
  readonly program: OneProcess;
  /** The logins of the program's database. */
  readonly urls: DatabaseUrls;
  /** The program's database, as its owner; connections are made when it is first used. */
  readonly owner: Database;
  people(count: number): Promise<Client[]>;
  close(): Promise<void>;
}

/** Starts the program without rate limits, which a load generator at one address would meet at once. */
export async function openWorld(env: Record<string, string> = {}): Promise<World> {
  const program = await startOneProcess({
    env: { DAYMARK_RATE_LIMIT_PER_MINUTE: '0', DAYMARK_LOG_LEVEL: 'warn', ...env },
  });
  try {
    const { ownerUrl } = await attachEmbeddedPostgres({ folder: program.dataFolder, log: silent });
    const secret = (await readFile(join(program.dataFolder, 'secret'), 'utf8')).trim();
    const urls = await loginsOf(ownerUrl, secret);
    const owner = openOwner(ownerUrl);
    return {
      program,
      urls,
      owner,
      people: (count) => signUpAll(program.url, count),
      async close() {
        await owner.close();
        await program.stop();
      },
    };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

const openOwner = (url: string): Database => openDatabase(url, { name: 'bench', connectionsMax: 4, onError: () => {} });

async function loginsOf(ownerUrl: string, secret: string): Promise<DatabaseUrls> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    return await ensureLogins(client, { ownerUrl, secret });
  } finally {
    await client.end();
  }
}

/** Makes so many accounts. */
export async function signUpAll(url: string, count: number): Promise<Client[]> {
  const people: Client[] = [];
  let next = 0;
  const signUpSome = async () => {
    while (next < count) {
      const place = next++;
      people[place] = await signUp(url, `Person ${place}`.replace(' ', '-'));
    }
  };
  await Promise.all(Array.from({ length: signUpsAtOnce }, signUpSome));
  return people;
}

/** A person with a space, in the database of the yardstick. */
export interface Place {
  personId: string;
  spaceId: string;
}

export interface YardstickDatabase {
  readonly urls: DatabaseUrls;
  readonly epoch: number;
  readonly places: readonly Place[];
}

/** Makes the second database with so many people. */
export async function openYardstickDatabase(world: World, options: { people: number }): Promise<YardstickDatabase> {
  await world.owner.sql.dynamicRows(`create database ${yardstickDatabase}`);
  const url = new URL(world.urls.owner);
  url.pathname = `/${yardstickDatabase}`;
  const urls = await migrate({ ownerUrl: url.href, secret: 'of the yardstick alone', log: () => {} });
  const owner = openOwner(urls.owner);
  try {
    const epoch = await findEpoch(owner.sql);
    const places: Place[] = [];
    for (let count = 0; count < options.people; count++) places.push(await makePlace(owner, epoch, count));
    return { urls, epoch, places };
  } finally {
    await owner.close();
  }
}

/** A person with a personal space, without a sign-in. */
export async function makePlace(owner: Database, epoch: number, count: number): Promise<Place> {
  const personId = randomUUIDv7();
  await owner.sql.rows('insert into people (id, name, email) values ($1, $2, $3)', [
    personId,
    `Person ${count}`,
    `person-${count}@example.org`,
  ]);
  const commands = {
    db: owner,
    epoch,
    queue: createKeyedQueue({ runningMax: 1, waitingMax: 1 }),
    wakes: { changed: () => {}, subscribe: () => () => {}, close: async () => {} },
    onAppended: () => {},
    tracing: noTracing,
  };
  const nobody = { client: null, address: null, correlationId: 'bench', causationId: null, idempotency: null };
  const intent = { personId: null, actorType: 'system' as const, ...nobody };
  return { personId, spaceId: await provisionPerson(commands, intent, personId) };
}
