/**
 * How the schema registry is named, in one address: `https://user:password@registry.example.org/apis/ccompat/v7`. Name and password
 * become the Authorization header (HTTP Basic); the path is where its API begins.
 */

export interface RegistryAddress {
  /** `https://registry.example.org`, without name and password. */
  readonly origin: string;
  /** `/apis/ccompat/v7`; empty where the API begins at the root. */
  readonly path: string;
  readonly authorization: string | null;
}

/** Null when the address is not http(s), has a query, or holds a name or password with wrong escapes. */
export function parseRegistryUrl(text: string): RegistryAddress | null {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') return null;
  const authorization = basic(url.username, url.password);
  if (authorization === undefined) return null;
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, ''), authorization };
}

/** Null where no name is given, undefined where the escapes in it are wrong. */
function basic(username: string, password: string): string | null | undefined {
  if (username === '' && password === '') return null;
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  } catch {
    return undefined;
  }
}
