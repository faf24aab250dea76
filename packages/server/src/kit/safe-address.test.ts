import { expect, test } from 'vitest';
import {
  anyAddress,
  isNetwork,
  publicAddresses,
  publicAddressesAnd,
  publicAndPrivateAddresses,
} from './safe-address.ts';

const ofPublic = ['1.1.1.1', '9.255.255.255', '11.0.0.1', '100.63.255.255', '100.128.0.1', '126.1.2.3', '128.0.0.1'];
const ofPublic6 = ['2606:4700:4700::1111', '2a00:1450:4001:80b::200e', '2600::', '2003:db::1'];
const ofPrivate = ['10.0.0.1', '127.0.0.1', '127.255.255.254', '172.16.0.1', '172.31.255.255', '192.168.1.1'];
const ofCarriers = ['100.64.0.1', '100.127.255.255'];
const ofPrivate6 = ['::1', '0:0:0:0:0:0:0:1', 'fc00::1', 'fd12:3456:789a::1'];
const never = ['0.0.0.0', '0.1.2.3', '169.254.169.254', '168.63.129.16', '192.0.0.192', '192.0.2.1', '192.88.99.1'];
const never2 = ['198.18.0.1', '198.51.100.7', '203.0.113.9', '224.0.0.1', '239.255.255.250', '240.0.0.1'];
const never3 = ['255.255.255.255', '100.100.100.200'];
const never6 = ['::', 'fe80::1', 'fe80::1%lo', 'fec0::1', 'ff02::1', '2001:db8::1', '2001::1', '3fff::1', '5f00::1'];
const neverMetadata6 = ['fd00:ec2::254', '100::1', '4000::1', '64:ff9b:1::1'];
/** Loopback, private and metadata addresses of IPv4 inside IPv6. */
const embedded = [
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:0a00:0001',
  '::ffff:169.254.169.254',
  '::127.0.0.1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b::',
  '2002:7f00:1::1',
  '2002:a00:1::',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
];
const notAddresses = ['', 'localhost', '127.1', '0x7f000001', '2130706433', '[::1]', '1.1.1.1:80', ' 1.1.1.1'];

test('public addresses of both kinds may be reached', () => {
  for (const address of [...ofPublic, ...ofPublic6])
    expect([address, publicAddresses(address)]).toEqual([address, true]);
});

test('nothing that is near to this machine may be reached, nor what is no address', () => {
  const near = [...ofPrivate, ...ofCarriers, ...ofPrivate6, ...embedded];
  for (const address of [...near, ...never, ...never2, ...never3, ...never6, ...neverMetadata6, ...notAddresses]) {
    expect([address, publicAddresses(address)]).toEqual([address, false]);
  }
});

test('a public address of IPv4 is public inside IPv6 too, where a translator makes the connection', () => {
  for (const address of ['::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '64:ff9b::808:808']) {
    expect([address, publicAddresses(address)]).toEqual([address, true]);
  }
});

test('private networks can be allowed, and metadata services stay out of reach even then', () => {
  const allowed = [...ofPrivate, ...ofCarriers, ...ofPrivate6, ...ofPublic, '::ffff:127.0.0.1', '64:ff9b::10.0.0.1'];
  for (const address of allowed) expect([address, publicAndPrivateAddresses(address)]).toEqual([address, true]);
  for (const address of [...never, ...never2, ...never3, ...never6, ...neverMetadata6, ...notAddresses]) {
    expect([address, publicAndPrivateAddresses(address)]).toEqual([address, false]);
  }
});

test('single networks can be allowed, and nothing beside them', () => {
  const rule = publicAddressesAnd(['10.1.0.0/16', 'fd12::/16', '127.0.0.1', '169.254.10.0/24']);
  for (const address of ['10.1.2.3', 'fd12::9', '127.0.0.1', '::ffff:10.1.2.3', '169.254.10.9', '1.1.1.1']) {
    expect([address, rule(address)]).toEqual([address, true]);
  }
  for (const address of ['10.2.0.1', 'fd13::1', '127.0.0.2', '::1', '::ffff:10.2.0.1', '169.254.169.254', 'x']) {
    expect([address, rule(address)]).toEqual([address, false]);
  }
});

test('a network of one kind allows none of the other', () => {
  expect(publicAddressesAnd(['::/0'])('10.0.0.1')).toBe(false);
  expect(publicAddressesAnd(['0.0.0.0/0'])('::1')).toBe(false);
});

test('a network is an address, with or without the bits of its prefix', () => {
  for (const text of ['10.0.0.0/8', '127.0.0.1', 'fd00::/8', '::1/128'])
    expect([text, isNetwork(text)]).toEqual([text, true]);
  for (const text of ['10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'host', '', '10.0.0.0/', '10.0.0.0/8/8', 'fe80::1%lo']) {
    expect([text, isNetwork(text)]).toEqual([text, false]);
  }
});

test('what an operator names is not judged', () => {
  expect(anyAddress('127.0.0.1')).toBe(true);
});
