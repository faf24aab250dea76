import { expect, test } from 'vitest';
import { isMailAddress, parseMailbox } from './mail-address.ts';

test('addresses of any script are addresses', () => {
  for (const text of [
    'ada@example.org',
    'a.b+tag@sub.example.org',
    'ada@localhost',
    'ädä@münchen.example',
    "o'x@y.z",
  ]) {
    expect([text, isMailAddress(text)]).toEqual([text, true]);
  }
});

test('what could become two addresses, a header or a command is none', () => {
  const wrong = [
    '',
    'a',
    'a@',
    '@b',
    'a@b@c',
    'a@b..c',
    'a@.b',
    'a@b.',
    'a b@c',
    'a@b c',
    'a,b@c',
    'a@b;c',
    '<a@b>',
    'a@[1.2.3.4]',
  ];
  for (const text of [
    ...wrong,
    'a@b\n',
    '\ra@b',
    'a\u0000@b',
    'a@b\u2028',
    'a(b)@c',
    'a:b@c',
    'a\\@b',
    `a@${'b'.repeat(260)}`,
  ]) {
    expect([text, isMailAddress(text)]).toEqual([text, false]);
  }
});

test('a sender is an address, with or without a name', () => {
  expect(parseMailbox('daymark@example.org')).toEqual({ name: null, address: 'daymark@example.org' });
  expect(parseMailbox(' Daymark <daymark@example.org> ')).toEqual({ name: 'Daymark', address: 'daymark@example.org' });
  expect(parseMailbox('"Daymark, tasks" <d@example.org>')).toEqual({
    name: 'Daymark, tasks',
    address: 'd@example.org',
  });
  for (const text of ['', 'Daymark', 'Daymark <>', 'a@b, c@d', 'x\n<a@b>', 'a <b@c> d']) {
    expect([text, parseMailbox(text)]).toEqual([text, null]);
  }
});
