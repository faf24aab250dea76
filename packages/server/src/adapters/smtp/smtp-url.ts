/**
 * How the mail server is named, in one address: `smtp://user:password@mail.example.org:587`, or `smtps://` where TLS begins at once.
 *
 * With `smtp://` the connection is upgraded by STARTTLS. To a server elsewhere that is required and its certificate is checked; to
 * one on this machine or its network it is done where it is offered. `?tls=required|optional|off` says otherwise.
 */
import { isLocalHost } from '../../kit/local-host.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'required' | 'optional' | 'off';
  readonly login: { readonly user: string; readonly password: string } | null;
}

const ports = { 'smtp:': 587, 'smtps:': 465 } as const;
const upgrades = ['required', 'optional', 'off'] as const;

/** Null when it is no such address, or has a query that is not understood. */
export function parseSmtpUrl(text: string): SmtpServer | null {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || url.hostname === '') return null;
  if (url.pathname !== '' && url.pathname !== '/') return null;
  const wanted = url.searchParams.get('tls');
  if ([...url.searchParams.keys()].some((name) => name !== 'tls')) return null;
  const upgrade = upgrades.find((name) => name === wanted);
  if (wanted !== null && (upgrade === undefined || url.protocol === 'smtps:')) return null;
  const login = loginOf(url);
  if (login === undefined) return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const tls =
    url.protocol === 'smtps:' ? 'implicit' : (upgrade ?? (isLocalHost(url.hostname) ? 'optional' : 'required'));
  return { host, port: url.port === '' ? ports[url.protocol] : Number(url.port), tls, login };
}

function loginOf(url: URL): SmtpServer['login'] | undefined {
  if (url.username === '' && url.password === '') return null;
  try {
    return { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  } catch {
    return undefined;
  }
}
