import { expect, test } from 'vitest';
import { openLog } from '../kit/log.ts';
import { runningUntilStopped } from '../kit/running.ts';
import { type AnyModule, defineModule, ModuleFailure, startingOrder, startModules } from './module.ts';

const { log } = openLog({ level: 'silent', service: 'test', write: () => {} });

/** Modules that write down when they start and stop. */
function recorded() {
  const diary: string[] = [];
  const record = <Needed extends Record<string, AnyModule>>(name: string, needs: Needed) =>
    defineModule(name, needs, () => {
      diary.push(`start ${name}`);
      return { label: name, ...runningUntilStopped(() => void diary.push(`stop ${name}`)) };
    });
  return { diary, record };
}

test('a module starts after all it needs, once, and stops before any of it', async () => {
  const { diary, record } = recorded();
  const database = record('database', {});
  const bus = record('bus', { database });
  const api = record('api', { database, bus });
  const sync = record('sync', { bus });
  const all = record('all', { api, sync });
  const modules = await startModules(log, [all]);
  expect(diary).toEqual(['database', 'bus', 'api', 'sync', 'all'].map((name) => `start ${name}`));
  await modules.stop();
  expect(diary.slice(5)).toEqual(['all', 'sync', 'api', 'bus', 'database'].map((name) => `stop ${name}`));
  await modules.done;
});

test('only what the wanted modules need is started, wanted ones in their order', () => {
  const { record } = recorded();
  const database = record('database', {});
  const mail = record('mail', { database });
  const edge = record('edge', { database });
  const api = record('api', { edge });
  const listening = record('listening', { edge });
  const order = startingOrder([api, listening]);
  expect(order.map(({ name }) => name)).toEqual(['database', 'edge', 'api', 'listening']);
  expect(order).not.toContain(mail);
});

test('a module is given what those it needs answered at their start', async () => {
  const { record } = recorded();
  const database = record('database', {});
  const asked: string[] = [];
  const api = defineModule('api', { store: database }, ({ store }) => {
    asked.push(store.label);
    return { port: 80, ...runningUntilStopped() };
  });
  const modules = await startModules(log, [api]);
  expect(asked).toEqual(['database']);
  expect(modules.partsOf(api).port).toBe(80);
  expect(() => modules.partsOf(defineModule('other', {}, () => runningUntilStopped()))).toThrow(/other does not run/);
  await modules.stop();
});

test('when one does not start, those before it are stopped and it is named', async () => {
  const { diary, record } = recorded();
  const database = record('database', {});
  const cause = new Error('no port');
  const edge = defineModule('edge', { database }, async () => {
    throw cause;
  });
  const failure = await startModules(log, [edge]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ModuleFailure);
  expect(failure).toMatchObject({ module: 'edge', cause });
  expect(diary).toEqual(['start database', 'stop database']);
});

test('a module that ends by itself is a failure with its name, whether it says why or not', async () => {
  for (const end of [
    (ended: PromiseWithResolvers<void>) => ended.reject(new Error('gave up')),
    (ended: PromiseWithResolvers<void>) => ended.resolve(),
  ]) {
    const ended = Promise.withResolvers<void>();
    const relay = defineModule('relay', {}, () => ({ done: ended.promise, stop: async () => {} }));
    const modules = await startModules(log, [relay]);
    end(ended);
    await expect(modules.done).rejects.toMatchObject({ module: 'relay' });
    await modules.stop();
  }
});

test('a module that cannot stop does not keep the others from stopping', async () => {
  const { diary, record } = recorded();
  const database = record('database', {});
  const stuck = defineModule('stuck', { database }, () => ({
    done: new Promise<void>(() => {}),
    stop: async () => {
      throw new Error('stuck');
    },
  }));
  const modules = await startModules(log, [stuck]);
  await modules.stop();
  expect(diary).toEqual(['start database', 'stop database']);
});

test('stopping twice stops once', async () => {
  const { diary, record } = recorded();
  const modules = await startModules(log, [record('database', {})]);
  await Promise.all([modules.stop(), modules.stop()]);
  expect(diary).toEqual(['start database', 'stop database']);
});
