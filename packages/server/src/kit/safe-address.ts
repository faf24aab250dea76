/**
 * Which network addresses a request on a stranger's behalf may reach. Whoever may name a webhook could else have the server talk to
 * its own database, to a neighbour in the data centre, or to the metadata service that hands out the machine's credentials.
 *
 * Only IP addresses are judged, never names: see guarded-fetch.ts for how a name becomes an address that stays the same.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Whether an IP address, in any spelling that `net.isIP` takes, may be reached. Anything else may not. */
export type AddressRule = (address: string) => boolean;

/** For addresses that the operator has given: all are well. */
export const anyAddress: AddressRule = () => true;

/** Never by default and not by "private networks" either: they are nobody's service, or a machine's credentials. */
const neverIpv4 = [
  '0.0.0.0/8', // this network
  '169.254.0.0/16', // link-local, with the metadata service of most clouds
  '168.63.129.16/32', // the platform service of Azure, at a public address
  '192.0.0.0/24', // protocol assignments, with the metadata service of Oracle
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // relays of 6to4
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
];
const privateIpv4 = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** Global unicast is the one part of IPv6 that the world routes; of it, these are special. */
const globalIpv6 = '2000::/3';
const neverIpv6 = [
  '2001::/23', // protocol assignments, with Teredo, which embeds IPv4
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which embeds IPv4
  '3fff::/20', // documentation
];
const privateIpv6 = ['::1/128', 'fc00::/7'];
/** Metadata of Amazon's cloud within the private addresses. */
const metadataIpv6 = ['fd00:ec2::/32'];
const metadataIpv4 = ['100.100.100.200/32'];

/** One list for each kind: a BlockList that holds both judges an address of IPv4 by the networks of IPv6 too. */
interface Networks {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

function networks(list: readonly string[]): Networks {
  const result: Networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of list) {
    const [address = '', bits] = network.split('/');
    if (isIPv4(address)) result.ipv4.addSubnet(address, Number(bits ?? 32), 'ipv4');
    else result.ipv6.addSubnet(address, Number(bits ?? 128), 'ipv6');
  }
  return result;
}

const contains = ({ ipv4, ipv6 }: Networks, address: string): boolean =>
  isIPv4(address) ? ipv4.check(address, 'ipv4') : ipv6.check(address, 'ipv6');

const never = networks([...neverIpv4, ...neverIpv6]);
const metadata = networks([...metadataIpv4, ...metadataIpv6]);
const ofPrivateUse = networks([...privateIpv4, ...privateIpv6]);
const routedIpv6 = networks([globalIpv6]);

/** What the whole Internet may reach, and nothing that is near to this machine. */
export const publicAddresses: AddressRule = (address) => {
  const plain = unwrapped(address);
  if (plain === null || contains(never, plain) || contains(metadata, plain)) return false;
  return isIPv4(plain) ? !contains(ofPrivateUse, plain) : contains(routedIpv6, plain);
};

/** Public ones, loopback and private networks, but no link-local address, metadata service, multicast or reserved one. */
export const publicAndPrivateAddresses: AddressRule = (address) => {
  const plain = unwrapped(address);
  if (plain === null || contains(metadata, plain)) return false;
  return publicAddresses(plain) || contains(ofPrivateUse, plain);
};

/** Public ones and what lies in the given networks (`10.1.0.0/16`, `fd00::/8`, `127.0.0.1`), whatever that is. */
export function publicAddressesAnd(allowed: readonly string[]): AddressRule {
  const list = networks(allowed);
  return (address) => {
    const plain = unwrapped(address);
    return plain !== null && (publicAddresses(plain) || contains(list, plain));
  };
}

/** Whether a text is an IP address or a network in the form address/bits. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Addresses of IPv6 that stand for one of IPv4: a connection to them ends there. */
const standingForIpv4 = networks(['::ffff:0:0/96', '64:ff9b::/96']);

/** The address that a connection would end at: IPv4 when that is embedded, null for what is no address. */
function unwrapped(address: string): string | null {
  const version = isIP(address);
  if (version === 4) return address;
  // A zone (fe80::1%eth0) names an interface of this machine: never a stranger's business.
  if (version === 0 || address.includes('%')) return null;
  return contains(standingForIpv4, address) ? lastFourBytes(address) : address;
}

/** The URL parser writes every address of IPv6 in its one canonical spelling, with hexadecimal groups alone. */
function lastFourBytes(address: string): string {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [tail = '', before = ''] = canonical.split(':').reverse();
  const [high, low] = [Number.parseInt(before || '0', 16), Number.parseInt(tail || '0', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
