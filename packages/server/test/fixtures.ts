/** What tests of commands start from: a migrated database of their own, and people with their personal spaces. */
import { randomUUIDv7 } from 'node:crypto';
import type { Commands, Intent } from '../src/commands/command.ts';
import { provisionPerson } from '../src/commands/provision-person.ts';
import { createKeyedQueue } from '../src/kit/keyed-queue.ts';
import { noTracing, type Tracing } from '../src/kit/tracing.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { findEpoch } from '../src/store/epochs.ts';
import { openWakes } from '../src/store/wakes.ts';
import { testDatabase } from './database.ts';

export interface TestPerson {
  id: string;
  spaceId: string;
  inboxId: string;
  /** A fresh intent of this person, with a correlation id of its own. */
  intent(change?: Partial<Intent>): Intent;
}

export const systemIntent: Intent = {
  personId: null,
  actorType: 'system',
  client: null,
  address: null,
  correlationId: 'test',
  causationId: null,
  idempotency: null,
};

/** Opens a database of its own with the pools and commands of both logins. Close it in `afterAll`. */
export async function openSpine(tracing: Tracing = noTracing) {
  const database = await testDatabase();
  const onError = () => {};
  const open = (name: 'app' | 'worker' | 'owner' | 'audit'): Database =>
    openDatabase(database.urls[name], { name, connectionsMax: 10, onError });
  const databases = { app: open('app'), worker: open('worker'), owner: open('owner'), audit: open('audit') };
  const wakes = openWakes({ url: database.urls.worker, onError });
  const epoch = await findEpoch(databases.worker.sql);
  const shared = { wakes, epoch, onAppended: () => {}, tracing };
  const queue = () => createKeyedQueue({ runningMax: 2, waitingMax: 1000 });
  const app: Commands = { ...shared, db: databases.app, queue: queue() };
  const worker: Commands = { ...shared, db: databases.worker, queue: queue() };

  async function person(name: string): Promise<TestPerson> {
    const id = randomUUIDv7();
    await databases.owner.sql.rows('insert into people (id, name, email) values ($1, $2, $3)', [
      id,
      name,
      `${name.toLowerCase().replaceAll(/\W/g, '.')}.${id.slice(-6)}@example.org`,
    ]);
    const spaceId = await provisionPerson(worker, systemIntent, id);
    const [inbox] = await databases.worker.sql.rows<{ id: string }>(
      `select id from lists where space_id = $1 and kind = 'inbox'`,
      [spaceId],
    );
    const intent = (change: Partial<Intent> = {}): Intent => ({
      personId: id,
      actorType: 'user',
      client: 'test',
      address: '127.0.0.1',
      correlationId: randomUUIDv7(),
      causationId: null,
      idempotency: null,
      ...change,
    });
    return { id, spaceId, inboxId: inbox?.id ?? '', intent };
  }

  /** Puts a person into a space without an event, for tests that are not about joining. */
  async function join(spaceId: string, personId: string, role: 'owner' | 'editor' | 'viewer'): Promise<void> {
    await databases.owner.sql.rows('insert into memberships (space_id, user_id, role) values ($1, $2, $3)', [
      spaceId,
      personId,
      role,
    ]);
  }

  return {
    app,
    worker,
    databases,
    wakes,
    urls: database.urls,
    person,
    join,
    async close() {
      await wakes.close();
      await Promise.all(Object.values(databases).map((each) => each.close()));
      await database.close();
    },
  };
}

export type Spine = Awaited<ReturnType<typeof openSpine>>;
