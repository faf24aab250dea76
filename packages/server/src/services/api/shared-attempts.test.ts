import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { testEdge } from '../../../test/edge.ts';
import type { Log } from '../../kit/log.ts';
import { openLog } from '../../kit/log.ts';
import type { StateStore } from '../../ports/state-store.ts';
import { sharedAttempts } from './shared-attempts.ts';

const { log } = openLog({ level: 'silent', service: 'test' });
const limit = { max: 20, window_ms: 60_000 };

/** A store in memory that counts how often it is asked. */
function memoryStore(now_ms: () => number = Date.now) {
  const entries = new Map<string, { value: unknown; etag: string; until_ms: number }>();
  let asked = 0;
  const live = (key: string) => {
    const entry = entries.get(key);
    return entry && entry.until_ms > now_ms() ? entry : undefined;
  };
  const store: StateStore = {
    async get(key) {
      asked++;
      await sleep(1);
      return live(key);
    },
    async set(key, value, { ttl_s, if: condition }) {
      await sleep(1);
      const present = live(key);
      if (condition === 'absent' && present) return 'conflict';
      if (typeof condition === 'object' && condition.etag !== present?.etag) return 'conflict';
      entries.set(key, { value, etag: crypto.randomUUID(), until_ms: now_ms() + ttl_s * 1000 });
      return 'stored';
    },
    getMany: async () => new Map(),
    delete: async () => 'deleted',
  };
  return { store, entries, asked: () => asked };
}

it('lets the limit pass over all processes together, also when all ask at once', async () => {
  const { store } = memoryStore();
  const processes = [sharedAttempts(store, log), sharedAttempts(store, log)];
  const answers: (number | null)[] = [];
  for (let round = 0; round < 15; round++) {
    answers.push(...(await Promise.all(processes.map((count) => count('10.0.0.1', limit)))));
  }
  expect(answers.filter((answer) => answer === null)).toHaveLength(20);
  expect(answers.slice(-1)[0]).toBeGreaterThan(50);
  expect(await processes[0]?.('10.0.0.2', limit)).toBeNull();
});

it('begins a new window when the old one is over, also by a clock that runs behind', async () => {
  let now = 1_000_000_000;
  const { store } = memoryStore(() => now);
  const here = sharedAttempts(store, log, () => now);
  const behind = sharedAttempts(store, log, () => now - 3_600_000);
  for (let tries = 0; tries < 20; tries++) expect(await here('a', limit)).toBeNull();
  expect(await here('a', limit)).toBe(60);
  expect(await behind('a', limit)).toBe(60);
  now += 60_000;
  expect(await here('a', limit)).toBeNull();
});

it('keeps no address in the store', async () => {
  const { store, entries } = memoryStore();
  await sharedAttempts(store, log)('203.0.113.7', limit);
  expect(entries.size).toBe(1);
  expect(JSON.stringify([...entries])).not.toContain('203');
});

it('lets pass what the own count lets pass while the store is away or silent, asks it seldom, and says so once', async () => {
  for (const get of [() => Promise.reject(new Error('away')), () => new Promise<never>(() => {})]) {
    let now = 1_000_000_000;
    let asked = 0;
    let said = 0;
    const counted = { ...log, warn: () => said++ } as unknown as Log;
    const { store } = memoryStore();
    const dead: StateStore = {
      ...store,
      get: () => {
        asked++;
        return get();
      },
    };
    const count = sharedAttempts(dead, counted, () => now);
    for (let tries = 0; tries < 30; tries++) expect(await count('a', limit)).toBeNull();
    expect([asked, said]).toEqual([1, 1]);
    now += 10_000;
    expect(await count('b', limit)).toBeNull();
    expect(asked).toBe(2);
  }
});

it('refuses at the second process what the first one has let pass, and asks no store for what a process refuses itself', async () => {
  const { store, asked } = memoryStore();
  const edges = await Promise.all(
    [1, 2].map(async () => {
      const { app } = await testEdge({ rateLimitPerMinute: 5, countTogether: sharedAttempts(store, log) });
      app.post('/sign-in', { config: { access: 'public', limit: 'credentials' } }, async () => ({}));
      app.get('/other', { config: { access: 'public' } }, async () => ({}));
      return app;
    }),
  );
  const ask = async (index: number) => edges[index]?.inject({ method: 'POST', url: '/sign-in' });
  for (let tries = 0; tries < 5; tries++) expect((await ask(0))?.statusCode).toBe(200);
  const refused = await ask(1);
  expect([refused?.statusCode, refused?.json().code]).toEqual([429, 'rate_limited']);
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
  const before = asked();
  for (let tries = 0; tries < 10; tries++) expect((await ask(0))?.statusCode).toBe(429);
  expect((await edges[1]?.inject('/other'))?.statusCode).toBe(200);
  expect(asked()).toBe(before);
});
