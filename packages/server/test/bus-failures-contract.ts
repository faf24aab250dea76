/** The contract of the bus when handlers, processes and connections fail: see event-bus-contract.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { triesMax } from '../src/ports/event-bus.ts';
import { requestReplay } from '../src/store/dead-letters.ts';
import { append, type BusBench, type BusHarness, openBench } from './bus-bench.ts';
import type { ChildTask } from './bus-child.ts';
import { until } from './bus-effects.ts';

/** Registers the tests for one engine. */
export function busFailuresContract(engine: string, harness: BusHarness): void {
  describe(`the bus with failures on ${engine}`, () => {
    let bench: BusBench;
    beforeEach(async () => {
      bench = await openBench(harness);
    });
    afterEach(() => bench.close());

    test('a handler that fails after writing leaves nothing, and is tried again until it succeeds', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      let failures = 0;
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (_tx, event) => {
          if (event.event_type === 'task.deleted' && ++failures < triesMax) throw new Error('not yet');
        },
      });
      await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
      expect(failures).toBe(triesMax);
      expect(await bench.deadLetters('reader')).toEqual([]);
      expect(bench.outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(triesMax - 1);
    });

    test('a handler that swallows an error of PostgreSQL has failed', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      let tries = 0;
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (tx, event) => {
          if (event.event_type === 'task.deleted' && ++tries === 1) await tx.rows('select 1 / 0').catch(() => {});
        },
      });
      await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted']);
      await bench.expectEachEventOnce('reader');
      expect(tries).toBe(2);
    });

    test('a handler whose transaction PostgreSQL ends to resolve a deadlock has not failed', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      let tries = 0;
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (tx, event) => {
          if (event.event_type !== 'task.deleted' || ++tries > triesMax) return;
          await tx.dynamicRows(`do $$ begin raise exception 'a ring' using errcode = 'deadlock_detected'; end $$`);
        },
      });
      await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
      expect(new Set(bench.outcomes)).toEqual(new Set(['handled']));
    });

    test('a poison event among good ones becomes a dead letter after three tries; the good ones are handled', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      let tries = 0;
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (_tx, event) => {
          if (event.event_type !== 'task.deleted') return;
          tries += 1;
          throw Object.assign(new Error(`no room for ${event.payload?.snapshot?.title}`), { code: 'E_ROOM' });
        },
      });
      await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored'], 'See Dr Miller');
      const events = await bench.log();
      const poison = events.find((event) => event.event_type === 'task.deleted');
      await until('the good ones arrive', async () => (await bench.effects('reader')).length >= events.length - 1);
      expect((await bench.effects('reader')).map((effect) => effect.event_id).sort()).toEqual(
        events
          .filter((event) => event !== poison)
          .map((event) => event.event_id)
          .sort(),
      );
      await bench.expectOrderInEachSpace('reader');
      expect(tries).toBe(triesMax);
      const letters = await bench.deadLetters('reader');
      expect(letters).toMatchObject([
        {
          event_id: poison?.event_id,
          space_id: spaceId,
          version: poison?.version,
          event_type: 'task.deleted',
          attempts: triesMax,
          error: 'Error E_ROOM: no room for …',
          replayed_at: null,
        },
      ]);
      expect(letters[0] && letters[0].first_failed_at <= letters[0].died_at).toBe(true);
      expect(bench.outcomes.filter((outcome) => outcome !== 'handled')).toEqual(['failed', 'failed', 'dead']);
    });

    test('tries are counted on when the consumer starts anew', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      let tries = 0;
      const poisoned = {
        after: async () => {
          tries += 1;
          throw new Error('never');
        },
        topics: ['task-events'] as const,
      };
      await append(bench.spine.worker, spaceId, ['task.deleted']);
      for (let start = 1; start <= triesMax; start++) {
        const seen = tries;
        const running = bench.subscribe(await bench.openBus(), 'reader', poisoned);
        await until('a try is made', () => tries > seen);
        await running.stop();
      }
      bench.subscribe(await bench.openBus(), 'reader', poisoned);
      const poison = (await bench.log()).filter((event) => /^(task|list|tag)\./.test(event.event_type)).length;
      await until('the event dies', async () => (await bench.deadLetters('reader')).length === poison);
      expect(tries).toBe(poison * triesMax);
      expect(await bench.effects('reader')).toEqual([]);
    });

    test('a replayed dead letter has its effect once, however often it is asked for', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      let broken = true;
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (_tx, event) => {
          if (broken && event.event_type === 'task.deleted') throw new Error('broken');
        },
      });
      await append(bench.spine.worker, spaceId, ['task.deleted', 'task.restored']);
      await until('the event dies', async () => (await bench.deadLetters('reader')).length === 1);
      const [letter] = await bench.deadLetters('reader');
      const { sql } = bench.spine.databases.worker;
      await requestReplay(sql, letter?.id ?? '', null);
      await until('the replay fails', async () => (await bench.deadLetters('reader'))[0]?.replays_failed === 1);
      expect(await bench.deadLetters('reader')).toMatchObject([{ replayed_at: null, replay_requested_at: null }]);
      broken = false;
      await requestReplay(sql, letter?.id ?? '', null);
      await until('it is replayed', async () => (await bench.deadLetters('reader'))[0]?.replayed_at !== null);
      await requestReplay(sql, letter?.id ?? '', null);
      await append(bench.spine.worker, spaceId);
      await bench.expectEachEventOnce('reader');
      expect(bench.outcomes.filter((outcome) => outcome.startsWith('replay'))).toEqual(['replay_failed', 'replayed']);
    });

    test('a process that is killed between effect and commit has its effect once after a restart', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      for (let count = 0; count < 5; count++) await append(bench.spine.worker, spaceId);
      const events = await bench.log(spaceId);
      const stayAtVersion = events.at(-2)?.version ?? 0;
      const start = async (task: ChildTask) => {
        const program = harness.childProgram.pathname;
        const child = spawn(process.execPath, [program, JSON.stringify(task)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const exited = once(child, 'exit');
        bench.onClose(async () => {
          child.kill('SIGKILL');
          await exited;
        });
        return { child, exited };
      };
      const task = { consumer: 'reader', url: bench.spine.urls.worker };
      for (let killed = 1; killed <= triesMax + 1; killed++) {
        const { child, exited } = await start({ ...task, stayAtVersion });
        await once(child.stdout, 'data');
        child.kill('SIGKILL');
        await exited;
      }
      await start({ ...task, stayAtVersion: 0 });
      await bench.expectEachEventOnce('reader');
      await bench.expectOrderInEachSpace('reader');
      expect(await bench.deadLetters('reader')).toEqual([]);
    });

    test('PostgreSQL that says it is full or stopping counts no try', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      const codes = ['53100', '53300', '57P01', '57P03', '08006'];
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (_tx, event) => {
          const code = event.event_type === 'task.deleted' ? codes.pop() : undefined;
          if (code !== undefined) throw Object.assign(new Error('not now'), { code });
        },
      });
      await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
      await bench.expectEachEventOnce('reader');
      expect(codes).toEqual([]);
      expect(bench.outcomes).not.toContain('failed');
    });

    test('a connection that is cut while an event is handled counts no try', async () => {
      const { spaceId } = await bench.spine.person('Ada');
      let cuts = 0;
      bench.subscribe(await bench.openBus(), 'reader', {
        after: async (tx, event) => {
          if (event.event_type !== 'task.deleted' || cuts > triesMax) return;
          cuts += 1;
          const [own] = await tx.rows<{ pid: number }>('select pg_backend_pid() as pid');
          await bench.spine.databases.owner.sql.rows('select pg_terminate_backend($1)', [own?.pid]);
        },
      });
      await append(bench.spine.worker, spaceId, ['task.created', 'task.deleted', 'task.restored']);
      await bench.expectEachEventOnce('reader');
      expect(cuts).toBe(triesMax + 1);
      expect(bench.outcomes).not.toContain('failed');
      expect(await bench.deadLetters('reader')).toEqual([]);
    });
  });
}
