import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { sessionCookies } from './session-cookie.ts';

const token = 'Rlg7qhin6P17otHhklv6l2csf0n2VPT7';
const cookies = sessionCookies({ secret: 'one secret', secure: false });

test('a cookie that we made is read again, among others', () => {
  expect(cookies.read(`theme=dark; ${cookies.send(token)}; x`)).toBe(token);
  expect(cookies.read(cookies.keep(token).split(';', 1)[0])).toBe(token);
});

test('a signature by another secret, none, or one of another token is refused', () => {
  expect(cookies.read(sessionCookies({ secret: 'another', secure: false }).send(token))).toBeUndefined();
  expect(cookies.read(`daymark.session_token=${token}`)).toBeUndefined();
  expect(cookies.read(`daymark.session_token=${token}.`)).toBeUndefined();
  const signature = createHmac('sha256', 'one secret').update(token).digest('base64');
  expect(
    cookies.read(`daymark.session_token=${encodeURIComponent(`${token.toLowerCase()}.${signature}`)}`),
  ).toBeUndefined();
  expect(cookies.read(`daymark.session_token=${encodeURIComponent(`${token}.${signature}`)}`)).toBe(token);
});

test('a bearer is signed like a cookie, and neither stands for the other', () => {
  expect(cookies.readBearer(cookies.bearer(token))).toBe(token);
  expect(cookies.bearer(token)).toMatch(/^[\w.-]+$/);
  expect(cookies.readBearer(token)).toBeUndefined();
  expect(cookies.readBearer(sessionCookies({ secret: 'another', secure: false }).bearer(token))).toBeUndefined();
  expect(cookies.read(`daymark.session_token=${cookies.bearer(token)}`)).toBeUndefined();
});

test('a cookie that cannot be decoded, and no cookie at all, are nobody', () => {
  expect(cookies.read('daymark.session_token=%E0%A4%A')).toBeUndefined();
  expect(cookies.read('')).toBeUndefined();
  expect(cookies.read(undefined)).toBeUndefined();
});

test('over https the cookie is bound to https, and the plain one is not read', () => {
  const secure = sessionCookies({ secret: 'one secret', secure: true });
  expect(secure.keep(token)).toMatch(/^__Secure-daymark\.session_token=.*; HttpOnly; SameSite=Lax; Secure$/);
  expect(secure.read(cookies.send(token))).toBeUndefined();
  expect(cookies.keep(token)).not.toContain('Secure');
});
