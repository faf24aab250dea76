import { expect, test } from 'vitest';
import { parseRegistryUrl } from './registry-url.ts';

test('name and password of the address become a header and leave the address', () => {
  expect(parseRegistryUrl('https://ada:p%40ss%3A@registry.example.org:8081/apis/ccompat/v7/')).toEqual({
    origin: 'https://registry.example.org:8081',
    path: '/apis/ccompat/v7',
    authorization: `Basic ${Buffer.from('ada:p@ss:').toString('base64')}`,
  });
  expect(parseRegistryUrl('http://127.0.0.1:8081')).toEqual({
    origin: 'http://127.0.0.1:8081',
    path: '',
    authorization: null,
  });
});

test('what names no HTTP interface is refused', () => {
  for (const text of [
    '',
    'registry:8081',
    'ftp://registry',
    'http://registry/?x=1',
    'http://registry/#a',
    'http://a%ff@b',
  ]) {
    expect(parseRegistryUrl(text), text).toBeNull();
  }
});
