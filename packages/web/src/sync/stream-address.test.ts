import { SyncStreamQuery } from '@daymark/core/contract/sync.ts';
import { expect, test } from 'vitest';
import { streamAddress } from './stream-address.ts';

const hello = { type: 'hello' as const, protocol: 1 };
const read = (address: string) =>
  SyncStreamQuery.parse(Object.fromEntries(new URL(address, 'http://localhost').searchParams));
const space = (number: number) => `01919d5e-0000-7000-8000-${String(number).padStart(12, '0')}`;

test('the server reads from the address what the hello says', () => {
  const query = read(streamAddress({ ...hello, cursors: { [space(1)]: 7, [space(2)]: 0 }, epoch: 3 }));
  expect(query).toEqual({ space_id: 'all', cursors: { [space(1)]: 7, [space(2)]: 0 }, epoch: 3 });
});

test('a device that has nothing yet names no cursors, which the server takes for a list that is not given', () => {
  expect(read(streamAddress({ ...hello, cursors: {} }))).toEqual({ space_id: 'all' });
});

test('the address stays short enough for proxies, whatever the number of spaces', () => {
  const many = Object.fromEntries(Array.from({ length: 900 }, (_, number) => [space(number), 1_000_000]));
  const address = streamAddress({ ...hello, cursors: many, epoch: 1 });
  expect(address.length).toBeLessThan(6000);
  expect(Object.keys(read(address).cursors ?? {}).length).toBeGreaterThan(50);
});
