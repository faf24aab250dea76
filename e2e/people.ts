/** People as clients of a running server. */
import { randomUUIDv7 } from 'node:crypto';

export interface Client {
  readonly url: string;
  readonly userId: string;
  readonly spaceId: string;
  readonly email: string;
  /** The session's token, usable as a bearer. */
  readonly bearer: string;
  readonly cookie: string;
  /** Calls the API and answers status and JSON body; does not throw on 4xx. */
  call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Body; headers: Headers }>;
  /** The same for calls that must succeed. */
  must<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Body>;
}

export const password = 'correct horse battery staple';

/** Signs up a new person. `name` is also the first part of the address. */
export async function signUp(url: string, name: string): Promise<Client> {
  const email = `${name.toLowerCase()}.${randomUUIDv7().slice(-12)}@example.org`;
  const answer = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, name, timezone: 'Europe/Berlin' }),
  });
  if (answer.status !== 200) throw new Error(`sign-up answered ${answer.status}: ${await answer.text()}`);
  const { token, user } = (await answer.json()) as { token: string; user: { id: string } };
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const call = caller(url, token);
  const me = await call<{ personal_space_id: string }>('GET', '/api/v1/me');
  return {
    url,
    userId: user.id,
    spaceId: me.body.personal_space_id,
    email,
    bearer: token,
    cookie,
    call,
    must: insisting(call),
  };
}

/** Calls with another bearer, for instance an API token. */
export function caller(url: string, bearer: string | null): Client['call'] {
  return async (method, path, body, headers = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text), headers: answer.headers } as never;
  };
}

function insisting(call: Client['call']): Client['must'] {
  return async (method, path, body) => {
    const answer = await call(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body as never;
  };
}
