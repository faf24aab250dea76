import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpine, type Spine } from '../../test/fixtures.ts';
import { isConnectionLost, openDatabase } from './database.ts';
import type { Sql } from './sql.ts';

let spine: Spine;

beforeAll(async () => {
  spine = await openSpine();
});
afterAll(() => spine.close());

const registered = async (consumer: string): Promise<number> =>
  spine.databases.owner.sql.count('select from consumer_cursors where consumer = $1', [consumer]);

const register = (sql: Sql, consumer: string): Promise<number> =>
  sql.count(`insert into consumer_cursors (consumer, epoch, xid, seq) values ($1, 0, '0', 0)`, [consumer]);

test('what goes on after its transaction failed writes nothing, and nothing into the next transaction', async () => {
  let left: Promise<unknown> = Promise.resolve();
  const failing = spine.databases.worker.transaction(async (sql) => {
    left = (async () => {
      await sql.rows('select 1 as one');
      await sleep(50);
      await register(sql, 'left behind');
    })();
    left.catch(() => {});
    await Promise.all([left, Promise.reject(new Error('refused'))]);
  });
  await expect(failing).rejects.toThrow('refused');
  await expect(left).rejects.toThrow('the transaction has ended');
  expect(await registered('left behind')).toBe(0);
});

test('what goes on after its transaction committed writes nothing', async () => {
  let left: Promise<unknown> = Promise.resolve();
  await spine.databases.worker.transaction(async (sql) => {
    await register(sql, 'in time');
    left = sleep(50).then(() => register(sql, 'too late'));
    left.catch(() => {});
  });
  await expect(left).rejects.toThrow('the transaction has ended');
  expect([await registered('in time'), await registered('too late')]).toEqual([1, 0]);
});

test('what goes on after reading as a person reads no more', async () => {
  const ada = await spine.person('Ada');
  let left: Promise<unknown> = Promise.resolve();
  await spine.databases.app.readAs(ada.id, async (sql) => {
    left = sleep(50).then(() => sql.rows('select id from spaces'));
    left.catch(() => {});
  });
  await expect(left).rejects.toThrow('the transaction has ended');
});

/** Passes bytes on to PostgreSQL until it is told to swallow what comes back, as a network does that was cut without a word. */
async function silentProxy(url: URL) {
  let silent = false;
  const host = decodeURIComponent(url.hostname);
  const port = url.port || '5432';
  const target = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port: Number(port) };
  const server = createServer((near) => {
    const far = connect(target);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
    near.pipe(far);
    far.on('data', (bytes) => silent || near.write(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.href,
    setSilent: (value: boolean) => {
      silent = value;
    },
    close: () => server.close(),
  };
}

test('a connection that falls silent is given up, and the next one serves', async () => {
  const proxy = await silentProxy(new URL(spine.urls.worker));
  const options = { name: 'silent', connectionsMax: 1, onError: () => {}, answerTimeout_ms: 200 };
  const database = openDatabase(proxy.url, options);
  const one = () => database.transaction((sql) => sql.rows('select 1 as one'));
  expect(await one()).toEqual([{ one: 1 }]);
  for (const ask of [one, () => database.sql.rows('select 1 as one')]) {
    proxy.setSilent(true);
    const error = await ask().catch((thrown: unknown) => thrown);
    expect(isConnectionLost(error)).toBe(true);
    proxy.setSilent(false);
    expect(await one()).toEqual([{ one: 1 }]);
  }
  await database.close();
  proxy.close();
});

test('asking as a person sends everything at once, under row-level security, and refuses what comes later', async () => {
  const [ada, ben] = [await spine.person('Ada'), await spine.person('Ben')];
  const { app } = spine.databases;
  const found = await app.askAs(ada.id, (sql) =>
    Promise.all([sql.rows<{ id: string }>('select id from spaces'), sql.rows('select 1 as one')]),
  );
  expect(found).toEqual([[{ id: ada.spaceId }], [{ one: 1 }]]);
  const late = app.askAs(ben.id, async (sql) => {
    await sql.rows('select 1 as one');
    return sql.rows('select id from spaces');
  });
  await expect(late).rejects.toThrow('the transaction has ended');
  await expect(app.askAs(ben.id, (sql) => sql.rows('select 1 / 0'))).rejects.toThrow('division by zero');
  // The connections that served all of this are back, and nobody's.
  const seen = await Promise.all(Array.from({ length: 30 }, () => app.sql.rows('select id from spaces')));
  expect(seen.flat()).toEqual([]);
});
