/** Hosts of URLs. */
import { isIP } from 'node:net';

/** The IP address that a URL names in place of a name, null where it has a name. */
export function addressInUrl(url: URL): string | null {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? null : host;
}
