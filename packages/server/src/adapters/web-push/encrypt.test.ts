import { expect, test } from 'vitest';
import { encrypt, plainBytesMax } from './encrypt.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
const keys = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

test('the example of RFC 8291 comes out byte for byte', () => {
  const body = encrypt(Buffer.from('When I grow up, I want to be a watermelon'), keys, {
    salt: bytes('DGv6ra1nlYgDCS1FRnbzlw'),
    senderPrivateKey: bytes('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw'),
  });
  expect(body?.toString('base64url')).toBe(
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml' +
      'mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT' +
      'pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN',
  );
});

test('the same text is never encrypted alike twice', () => {
  const twice = [encrypt(Buffer.from('a'), keys), encrypt(Buffer.from('a'), keys)];
  expect(twice[0]?.equals(twice[1] as Buffer)).toBe(false);
});

test('the longest text makes a body of exactly 4,096 bytes, a longer one is our own mistake', () => {
  expect(encrypt(Buffer.alloc(plainBytesMax), keys)?.length).toBe(4096);
  expect(() => encrypt(Buffer.alloc(plainBytesMax + 1), keys)).toThrow(RangeError);
});

test('keys that are none are told', () => {
  const offTheCurve = Buffer.alloc(65, 1);
  offTheCurve[0] = 4;
  const wrong = [
    { ...keys, p256dh: offTheCurve.toString('base64url') },
    { ...keys, p256dh: keys.p256dh.slice(0, 40) },
    { ...keys, p256dh: '' },
    { ...keys, auth: 'BTBZ' },
  ];
  for (const keys of wrong) expect(encrypt(Buffer.from('a'), keys)).toBeNull();
});
