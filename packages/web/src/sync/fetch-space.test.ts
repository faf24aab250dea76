import { expect, test } from 'vitest';
import type { Api, ApiRequest } from '../api/client.ts';
import { fetchSpace } from './fetch-space.ts';

const change = (version: number) => ({
  version,
  type: 'task.updated',
  entity: 'task',
  id: `t${version}`,
  data: null,
  event_id: null,
});

/** Answers the given pages one after the other and keeps what was asked. */
function serving(...pages: object[]): { api: Api; asked: ApiRequest['query'][] } {
  const asked: ApiRequest['query'][] = [];
  const api = (async (request: ApiRequest) => {
    asked.push(request.query);
    return pages[asked.length - 1];
  }) as Api;
  return { api, asked };
}

test('a snapshot is asked for page by page under one cursor', async () => {
  const { api, asked } = serving(
    { kind: 'snapshot', epoch: 3, version: 9, changes: [change(9)], complete: false, cursor: 'second' },
    { kind: 'snapshot', epoch: 3, version: 9, changes: [change(9)], complete: true, cursor: null },
  );
  const fetched = await fetchSpace(api, 'space', null);
  expect(fetched).toMatchObject({ kind: 'snapshot', cursor: { version: 9, epoch: 3 } });
  expect(fetched.changes).toHaveLength(2);
  expect(asked.map((query) => [query?.since, query?.cursor])).toEqual([
    [0, undefined],
    [0, 'second'],
  ]);
});

test('a catch-up goes on from the version of the page before', async () => {
  const { api, asked } = serving(
    { kind: 'changes', epoch: 3, version: 6, changes: [change(5), change(6)], complete: false, cursor: null },
    { kind: 'changes', epoch: 3, version: 7, changes: [change(7)], complete: true, cursor: null },
  );
  const fetched = await fetchSpace(api, 'space', { version: 4, epoch: 3 });
  expect(fetched.changes.map((one) => one.version)).toEqual([5, 6, 7]);
  expect(asked.map((query) => [query?.since, query?.epoch])).toEqual([
    [4, 3],
    [6, 3],
  ]);
});

test('a server that answers a catch-up with a snapshot is believed, and what came before it is dropped', async () => {
  const { api } = serving(
    { kind: 'changes', epoch: 3, version: 5, changes: [change(5)], complete: false, cursor: null },
    { kind: 'snapshot', epoch: 4, version: 2, changes: [change(2)], complete: true, cursor: null },
  );
  const fetched = await fetchSpace(api, 'space', { version: 4, epoch: 3 });
  expect(fetched).toMatchObject({ kind: 'snapshot', cursor: { version: 2, epoch: 4 } });
  expect(fetched.changes.map((one) => one.version)).toEqual([2]);
});
