import { expect, test } from 'vitest';
import { signedIn, testEdge } from '../../../test/edge.ts';
import { syncElsewhere } from './sync-elsewhere.ts';

test('a process that does not serve live sync describes it all the same, and says where it is', async () => {
  const { app } = await testEdge({}, async () => signedIn);
  await app.register(async (routes: typeof app) => syncElsewhere(routes), { prefix: '/api/v1' });
  const { paths } = (await app.inject('/openapi.json')).json() as { paths: Record<string, object> };
  for (const path of ['/api/v1/sync', '/api/v1/sync/ws', '/api/v1/sync/sse']) {
    expect(Object.keys(paths[path] ?? {})).toContain('get');
    const answer = await app.inject(path);
    expect([answer.statusCode, answer.json().code, answer.json().detail]).toEqual([
      503,
      'unavailable',
      expect.stringMatching(/^Another process serves live sync\./),
    ]);
  }
});
