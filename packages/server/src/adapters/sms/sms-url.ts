/**
 * How the provider of text messages is named, in one address:
 * `https://SID:TOKEN@api.twilio.com/2010-04-01/Accounts/SID/Messages.json?From=%2B15005550006`
 *
 * Name and password become the Authorization header (HTTP Basic). What stands in the query becomes fields of each form, beside `To`
 * and `Body`: `From`, or `MessagingServiceSid` in its place, and whatever else the provider wants.
 */

export interface SmsProvider {
  /** Without name, password and query. */
  readonly url: URL;
  readonly authorization: string | null;
  /** Fields that every form has. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Null when the address is not http(s), or does not say who sends. */
export function parseSmsUrl(text: string): SmsProvider | null {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  const fields = [...url.searchParams].map(([name, value]) => [name, fieldOf(name, value)] as const);
  if (!fields.some(([name, value]) => (name === 'From' || name === 'MessagingServiceSid') && value !== '')) return null;
  if (fields.some(([name]) => name === 'To' || name === 'Body')) return null;
  const authorization = basic(url.username, url.password);
  if (authorization === undefined) return null;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return { url, authorization, fields };
}

/** A plus sign in a query means a space. Numbers begin with the sign, so who forgot to write %2B is understood. */
const fieldOf = (name: string, value: string): string =>
  name === 'From' && /^ \d+$/.test(value) ? `+${value.slice(1)}` : value;

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
