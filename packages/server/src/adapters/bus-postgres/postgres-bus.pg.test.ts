import { expect, test } from 'vitest';
import { append, type BusHarness } from '../../../test/bus-bench.ts';
import { createEffects, effectsOf, until, writeEffect } from '../../../test/bus-effects.ts';
import { busFailuresContract } from '../../../test/bus-failures-contract.ts';
import { eventBusContract } from '../../../test/event-bus-contract.ts';
import { openSpine, type Spine } from '../../../test/fixtures.ts';
import type { Pace } from '../../consumers/pace.ts';
import { openLog } from '../../kit/log.ts';
import type { OnHandled, Subscription } from '../../ports/event-bus.ts';
import { consumerStates, horizonAge_s } from '../../store/cursors.ts';
import { openDatabase } from '../../store/database.ts';
import { listDeadLetters } from '../../store/dead-letters.ts';
import { openWakes } from '../../store/wakes.ts';
import { createPostgresBus } from './postgres-bus.ts';

const { log } = openLog({ level: 'silent', service: 'test' });
const pace: Partial<Pace> = { poll_ms: 1000, standBy_ms: 20, retry_ms: 10, troubleMin_ms: 10 };

async function open(spine: Spine, onHandled: OnHandled, change: Partial<Pace> = {}) {
  const onError = () => {};
  const db = openDatabase(spine.urls.worker, { name: 'bus', connectionsMax: 10, onError });
  const wakes = openWakes({ url: spine.urls.worker, onError });
  return {
    bus: createPostgresBus(db, wakes, log, { onHandled, pace: { ...pace, ...change } }),
    async close() {
      await wakes.close();
      await db.close();
    },
  };
}

const harness: BusHarness = {
  open: (spine, onHandled) => open(spine, onHandled),
  childProgram: new URL('../../../test/bus-postgres-child.ts', import.meta.url),
};
eventBusContract('postgres', harness);
busFailuresContract('postgres', harness);

/** A spine with a consumer on it whose effect is a row. */
async function withConsumer(
  change: Partial<Subscription> & { after?: Subscription['handle']; pace?: Partial<Pace> },
  work: (spine: Spine, spaceId: string) => Promise<void>,
): Promise<void> {
  const spine = await openSpine();
  await createEffects(spine.databases.owner);
  const { bus, close } = await open(spine, () => {}, change.pace);
  const { spaceId } = await spine.person('Ada');
  const running = bus.subscribe({
    consumer: 'reader',
    topics: 'all',
    async handle(tx, event) {
      await writeEffect(tx, 'reader', event);
      await change.after?.(tx, event);
    },
  });
  try {
    await work(spine, spaceId);
  } finally {
    await running.stop();
    await close();
    await spine.close();
  }
}

const countOf = async (spine: Spine) =>
  (await spine.databases.owner.sql.rows<{ count: number }>('select count(*) as count from events'))[0]?.count ?? 0;

const deadLetters = (spine: Spine) =>
  listDeadLetters(spine.databases.worker.sql, { consumer: 'reader', replayed: true, beyond: null, limit: 10 });

test('when PostgreSQL refuses the commit, the event that caused it dies and those beside it are handled', async () => {
  await withConsumer(
    {
      topics: 'all',
      async after(tx, event) {
        if (event.event_type === 'task.deleted') await tx.rows('insert into late_checks (id) values (1), (1)');
      },
    },
    async (spine, spaceId) => {
      const { sql } = spine.databases.owner;
      await sql.dynamicRows(
        'create table late_checks (id integer, constraint late unique (id) deferrable initially deferred)',
      );
      await sql.dynamicRows('grant insert, select on late_checks to daymark_worker');
      await append(spine.worker, spaceId, ['task.created', 'task.updated', 'task.deleted', 'task.restored']);
      const events = await countOf(spine);
      await until(
        'the others arrive',
        async () => (await effectsOf(spine.databases.owner, 'reader')).length === events - 1,
      );
      expect(await deadLetters(spine)).toMatchObject([{ event_type: 'task.deleted', attempts: 3 }]);
      expect((await deadLetters(spine))[0]?.error).toContain('"late"');
    },
  );
});

test('a handler that never comes back fails, and cannot write any more', async () => {
  const late: Promise<unknown>[] = [];
  const released = Promise.withResolvers<void>();
  await withConsumer(
    {
      pace: { handOverTimeout_ms: 100 },
      async after(tx, event) {
        if (event.event_type !== 'task.deleted') return;
        await released.promise;
        late.push(tx.rows('select 1').catch((error: Error) => error.message));
      },
    },
    async (spine, spaceId) => {
      await append(spine.worker, spaceId, ['task.deleted', 'task.restored']);
      const events = await countOf(spine);
      await until(
        'the others arrive',
        async () => (await effectsOf(spine.databases.owner, 'reader')).length === events - 1,
      );
      expect(await deadLetters(spine)).toMatchObject([{ error: 'Error: the handler took longer than 100 ms' }]);
      released.resolve();
      await until('the late ones try to write', () => late.length === 3);
      expect(new Set(await Promise.all(late))).toEqual(new Set(['the transaction has ended']));
    },
  );
});

test('payloads larger than the limit of a transaction come one by one', async () => {
  await withConsumer({ pace: { payloadBytesMax: 100 } }, async (spine, spaceId) => {
    await append(spine.worker, spaceId, ['task.created', 'task.updated', 'task.completed'], 'x'.repeat(10_000));
    const events = await countOf(spine);
    await until('all arrive', async () => (await effectsOf(spine.databases.owner, 'reader')).length === events);
    const [transactions] = await spine.databases.owner.sql.rows<{ count: number }>(
      'select count(distinct xmin::text) as count from bus_effects',
    );
    expect(transactions?.count).toBe(events);
  });
});

test('an event that another transaction holds back is read soon after that ends, though nobody is woken', async () => {
  await withConsumer({ pace: { poll_ms: 3_600_000 } }, async (spine, spaceId) => {
    const events = await countOf(spine);
    await until('all arrive', async () => (await effectsOf(spine.databases.owner, 'reader')).length === events);
    await spine.databases.owner.transaction(async (sql) => {
      await sql.rows('select pg_current_xact_id()');
      await append(spine.worker, spaceId);
      expect(await horizonAge_s(spine.databases.worker.sql)).toBeGreaterThan(0);
    });
    await until('it arrives', async () => (await effectsOf(spine.databases.owner, 'reader')).length === events + 1);
  });
});

test('the state of a consumer says how far it is behind and at what it fails', async () => {
  let failing = true;
  await withConsumer(
    {
      pace: { retry_ms: 3_600_000 },
      async after(_tx, event) {
        if (failing && event.event_type === 'task.deleted') throw new Error('broken');
      },
    },
    async (spine, spaceId) => {
      await append(spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
      const state = async () => (await consumerStates(spine.databases.worker.sql))[0];
      await until('it fails', async () => (await state())?.failing_attempts === 1);
      expect(await state()).toMatchObject({ consumer: 'reader', lag_events: 2, failing_error: 'Error: broken' });
      failing = false;
      await spine.databases.owner.sql.rows('update consumer_failures set next_try_at = now()');
      expect((await state())?.dead_letters).toBe(0);
    },
  );
});
