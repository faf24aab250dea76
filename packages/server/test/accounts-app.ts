/** For tests of accounts: the real routes with real accounts on a database of their own; nothing listens, requests are injected. */

import { openAccounts } from '../src/adapters/better-auth/accounts.ts';
import { authenticate } from '../src/adapters/better-auth/authenticate.ts';
import type { AccountDeps } from '../src/commands/account-deps.ts';
import { programIntent } from '../src/commands/program-intent.ts';
import { provisionPerson } from '../src/commands/provision-person.ts';
import { buildEdge } from '../src/kit/http/edge.ts';
import { openLog } from '../src/kit/log.ts';
import { createMetrics } from '../src/kit/metrics.ts';
import { accountRoutes } from '../src/services/api/account-routes.ts';
import { authRoutes } from '../src/services/api/auth-routes.ts';
import { openDatabase } from '../src/store/database.ts';
import { openSpine } from './fixtures.ts';

const secret = 'a secret of the tests and of nothing else';
export const password = 'correct horse battery';

export interface Account {
  id: string;
  email: string;
  spaceId: string;
  token: string;
  /** As a browser sends it. */
  cookie: string;
}

export interface Call {
  token?: string | undefined;
  cookie?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface AccountsAppOptions {
  signUp?: 'open' | 'closed';
  publicUrl?: string;
  sendsMail?: boolean;
}

/** Opens the routes of accounts and spaces. Close it in `afterAll`. */
export async function openAccountsApp(options: AccountsAppOptions = {}) {
  const spine = await openSpine();
  const lines: string[] = [];
  const { log } = openLog({ level: 'debug', service: 'test', write: (line) => lines.push(line) });
  const auth = openDatabase(spine.urls.auth, { name: 'auth', connectionsMax: 5, onError: () => {} });
  const { publicUrl } = options;
  const { accounts, cookies } = openAccounts(log, { url: spine.urls.auth, secret, publicUrl });
  const deps: AccountDeps = { accounts, auth, worker: spine.worker, log };
  const nobody = { client: null, address: null, correlationId: 'test' };
  const provision = (userId: string) => provisionPerson(spine.worker, programIntent(nobody), userId);
  const http = await buildEdge(
    log,
    createMetrics({ runtime: false }),
    authenticate({ auth, cookies, log, provision }),
    {
      version: '1.2.3',
      publicUrl,
      corsOrigins: [],
      trustProxy: false,
      rateLimitPerMinute: 0,
      checks: {},
      tracing: spine.worker.tracing,
      isUnavailable: () => false,
    },
  );
  const routeOptions = {
    signUp: options.signUp ?? 'open',
    publicUrl,
    version: '1.2.3',
    corsOrigins: [],
    origin: () => publicUrl ?? 'http://localhost:8080',
    sendsMail: options.sendsMail ?? false,
  };
  await http.register(async (app: typeof http) => authRoutes(app, deps, routeOptions), { prefix: '/api/auth' });
  await http.register(async (app: typeof http) => accountRoutes(app, { ...deps, app: spine.app }, routeOptions), {
    prefix: '/api/v1',
  });

  async function call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    { token, cookie, body, headers }: Call = {},
  ) {
    const answer = await http.inject({
      method,
      url,
      headers: {
        'user-agent': 'test',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(cookie !== undefined && { cookie }),
        ...headers,
      },
      ...(body !== undefined && { payload: body as object }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of each answer
      body: (answer.body === '' ? null : answer.json()) as any,
    };
  }

  const emailOf = (name: string): string => `${name.toLowerCase()}@example.org`;

  async function signUp(name: string): Promise<Account> {
    const email = emailOf(name);
    const { status, body, headers } = await call('POST', '/api/auth/sign-up/email', {
      body: { name, email, password },
    });
    if (status !== 200) throw new Error(`sign-up was answered ${status} ${JSON.stringify(body)}`);
    const cookie = String(headers['set-cookie']).split(';', 1)[0] ?? '';
    return { id: body.user.id, email, spaceId: body.user.personal_space_id, token: body.token, cookie };
  }

  /** The types of all events of a space, in order. */
  async function eventTypes(spaceId: string): Promise<string[]> {
    const rows = await spine.databases.owner.sql.rows<{ event_type: string }>(
      'select event_type from events where space_id = $1 order by version',
      [spaceId],
    );
    return rows.map((row) => row.event_type);
  }

  return {
    ...{ spine, deps, auth, accounts, cookies, http, call, signUp, eventTypes, lines },
    owner: spine.databases.owner.sql,
    async close() {
      await http.close();
      await accounts.close();
      await auth.close();
      await spine.close();
    },
  };
}

export type AccountsApp = Awaited<ReturnType<typeof openAccountsApp>>;
