/**
 * Logins: `app`, `worker`, `auth` and `audit` each have their own rights (see migration 0001). From one owner's
 * connection string we make a login for each, named after the database, with a password derived from the
 * installation's secret; an operator may give connection strings of logins made elsewhere instead.
 */
import { createHmac } from 'node:crypto';
import pg from 'pg';

export const roles = ['app', 'worker', 'auth', 'audit'] as const;
export type LoginRole = (typeof roles)[number];
export type DatabaseUrls = { owner: string } & Record<LoginRole, string>;

export class LoginError extends Error {
  readonly code: 'cannot_create_logins' | 'login_too_powerful' | 'login_lacks_rights' | 'other_secret';
  constructor(code: LoginError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Makes what is missing and answers how to connect as each role. Throws LoginError. */
export async function ensureLogins(
  owner: pg.Client,
  options: { ownerUrl: string; secret: string; given?: Partial<DatabaseUrls> },
): Promise<DatabaseUrls> {
  const urls: DatabaseUrls = { owner: options.ownerUrl, app: '', worker: '', auth: '', audit: '' };
  const database = (await owner.query<{ name: string }>('select current_database() as name')).rows[0]?.name ?? '';
  for (const role of roles) {
    urls[role] =
      options.given?.[role] ??
      (await ensureLogin(owner, { role, database, ownerUrl: options.ownerUrl, secret: options.secret }));
    await refusePowerful(urls[role], role);
  }
  return urls;
}

const loginOf = (database: string, role: LoginRole): string => `${database.slice(0, 50)}_${role}_login`;

async function ensureLogin(
  owner: pg.Client,
  options: { role: LoginRole; database: string; ownerUrl: string; secret: string },
): Promise<string> {
  const login = loginOf(options.database, options.role);
  const password = createHmac('sha256', options.secret).update(`login ${login}`).digest('base64url');
  const url = urlOf(options.ownerUrl, login, password);
  if (await canConnect(url)) return url;
  try {
    const exists = (await owner.query('select from pg_roles where rolname = $1', [login])).rowCount === 1;
    if (exists) await refuseOtherSecret(owner, options.database);
    const name = pg.escapeIdentifier(login);
    await owner.query(`${exists ? 'alter' : 'create'} role ${name} login password ${pg.escapeLiteral(password)}`);
    await owner.query(`grant daymark_${options.role} to ${name}`);
    await owner.query(`grant connect on database ${pg.escapeIdentifier(options.database)} to ${name}`);
  } catch (cause) {
    if (cause instanceof LoginError) throw cause;
    throw new LoginError(
      'cannot_create_logins',
      `the login ${login} cannot be made (${(cause as Error).message}); grant createrole, or set DAYMARK_${options.role.toUpperCase()}_DATABASE_URL`,
    );
  }
  return url;
}

/**
 * The password is not the one of this secret. While somebody is signed in, it is that of another process, which a new password would lock
 * out until it took the login back at its next start.
 */
async function refuseOtherSecret(owner: pg.Client, database: string): Promise<void> {
  const { rows } = await owner.query<{ login: string }>(
    'select usename as login from pg_stat_activity where usename = any($1) limit 1',
    [roles.map((role) => loginOf(database, role))],
  );
  const [inUse] = rows;
  if (!inUse) return;
  throw new LoginError(
    'other_secret',
    `another process of this installation runs with another secret (it uses the login ${inUse.login}); give all of them the same DAYMARK_SECRET, or stop it first`,
  );
}

/** The same server and database with another login; also for `?host=/socket` forms. */
function urlOf(ownerUrl: string, login: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = encodeURIComponent(login);
  url.password = password;
  url.searchParams.delete('user');
  url.searchParams.delete('password');
  return url.href;
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    // Wrong password, no such role, or no right to connect: to be made. Anything else is the server's trouble.
    if (code.startsWith('28') || code === '42501') return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Row-level security does not bind a superuser or one with BYPASSRLS, and an owner could switch it off. */
async function refusePowerful(url: string, role: LoginRole): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ powerful: boolean; member: boolean; login: string }>(
      `select rolname as login,
              rolsuper or rolbypassrls or exists (select from pg_class where relname = 'tasks' and relowner = pg_roles.oid)
                as powerful,
              pg_has_role(rolname, $1, 'usage') as member
       from pg_roles where rolname = current_user`,
      [`daymark_${role}`],
    );
    const login = rows[0];
    if (login?.powerful) {
      throw new LoginError(
        'login_too_powerful',
        `the ${role} login ${login.login} is superuser, owner of the tables or bypasses row-level security; use a plain login`,
      );
    }
    if (!login?.member) {
      throw new LoginError(
        'login_lacks_rights',
        `the ${role} login ${login?.login} lacks its rights; run: grant daymark_${role} to "${login?.login}"`,
      );
    }
  } finally {
    await client.end().catch(() => {});
  }
}
