import { expect, test } from 'vitest';
import { parseSmtpUrl } from './smtp-url.ts';

test('a server elsewhere must encrypt, one nearby may', () => {
  expect(parseSmtpUrl('smtp://u%40x:p%3Aw@mail.example.org')).toEqual({
    host: 'mail.example.org',
    port: 587,
    tls: 'required',
    login: { user: 'u@x', password: 'p:w' },
  });
  expect(parseSmtpUrl('smtp://localhost:1025')).toEqual({
    host: 'localhost',
    port: 1025,
    tls: 'optional',
    login: null,
  });
  expect(parseSmtpUrl('smtp://[::1]:25')).toMatchObject({ host: '::1', port: 25, tls: 'optional' });
  expect(parseSmtpUrl('smtps://mail.example.org/')).toMatchObject({ port: 465, tls: 'implicit' });
  expect(parseSmtpUrl('smtp://mail.example.org?tls=off')).toMatchObject({ tls: 'off' });
});

test('what is not understood is not guessed', () => {
  const wrong = ['', 'mail.example.org', 'http://mail.example.org', 'smtp://', 'smtp://h/path', 'smtp://h?tls=yes'];
  for (const text of [...wrong, 'smtps://h?tls=off', 'smtp://h?secure=true', 'smtp://%zz@h']) {
    expect([text, parseSmtpUrl(text)]).toEqual([text, null]);
  }
});
