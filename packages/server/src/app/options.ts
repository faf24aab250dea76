/**
 * The table of options. Each row yields the type of the value, its environment name, flag, help text, default and its place in
 * docs/reference/configuration.md. Reading them is the work of config.ts.
 */
import { z } from 'zod';
import { targetNames } from './target-names.ts';

export interface Option {
  /** The name in the environment. With `_FILE` behind it, the value is read from the file of that path. */
  readonly env: string;
  /** Parses the text; the message of a refusal completes the sentence "NAME …". */
  readonly schema: z.ZodType;
  /** The default as one would type it; absent when there is none. */
  readonly default?: string;
  /** What stands in the reference for the default when it is not a plain value. */
  readonly defaultText?: string;
  /** What it means, in a sentence or two. */
  readonly help: string;
  /** How the value looks: `<number>`, `open|closed`. */
  readonly value: string;
  /** Never printed, neither in messages nor in logs. */
  readonly secret?: true;
}

/** Keeps the exact type of a row: whether it has a default decides whether its value may be undefined. */
const option = <const Row extends Option>(row: Row): Row => row;

const portMax = 65_535;
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`);

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}` });

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const isUrl = (value: string, protocols: readonly string[]) => {
  const url = URL.parse(value);
  return url !== null && protocols.includes(url.protocol);
};

const origin = z
  .string()
  .refine((value) => isUrl(value, ['http:', 'https:']), 'must be an address such as https://tasks.example.org')
  .transform((value) => new URL(value).origin);

const postgresUrl = z
  .string()
  .refine(
    (value) => isUrl(value, ['postgres:', 'postgresql:']),
    'must be an address such as postgres://user:password@host:5432/daymark',
  );

/** Off, on, the nearest so many proxies, or the addresses of those that are trusted: the forms that Fastify takes. */
const trustProxy = list.transform((items): boolean | string[] | ((address: string, hop: number) => boolean) => {
  const [only] = items;
  if (items.length === 0 || only === 'false' || only === 'off') return false;
  if (only === 'true' || only === 'on') return true;
  if (items.length > 1 || !/^\d{1,2}$/.test(only ?? '')) return items;
  const proxies = Number(only);
  return (_address, hop) => hop < proxies;
});

const secretCharactersMin = 32;

export const options = {
  port: option({
    env: 'PORT',
    schema: wholeNumber(0, portMax),
    default: '8080',
    value: '<number>',
    help: 'TCP port to serve on; 0 takes a free one.',
  }),
  host: option({
    env: 'HOST',
    schema: z.string().min(1, 'must not be empty'),
    default: '127.0.0.1',
    value: '<address>',
    help: 'Network address to serve on. 127.0.0.1 is this machine alone, 0.0.0.0 every network it is in.',
  }),
  databaseUrl: option({
    env: 'DATABASE_URL',
    schema: postgresUrl,
    defaultText: 'the PostgreSQL that comes with the program',
    value: '<address>',
    secret: true,
    help: 'A PostgreSQL database (15 or later) of yours. The login must own the database and may create roles; it migrates, and the four logins below are made from it.',
  }),
  dataFolder: option({
    env: 'DAYMARK_DATA',
    schema: z.string().min(1, 'must not be empty'),
    default: './data',
    value: '<folder>',
    help: 'Where the embedded PostgreSQL and the secret are kept.',
  }),
  targets: option({
    env: 'DAYMARK_TARGET',
    schema: list.refine((items) => items.length > 0, 'must name at least one target'),
    default: 'all',
    value: '<names>',
    help: `Which parts this process runs: one or several of ${targetNames.join(', ')}, separated by commas.`,
  }),
  publicUrl: option({
    env: 'DAYMARK_PUBLIC_URL',
    schema: origin,
    defaultText: 'the address that is printed at start',
    value: '<address>',
    help: 'The address under which people reach this server, for links and for telling own pages from foreign ones. Set it behind a proxy.',
  }),
  secret: option({
    env: 'DAYMARK_SECRET',
    schema: z.string().min(secretCharactersMin, `must have at least ${secretCharactersMin} characters`),
    defaultText: 'made at first start, kept in the data folder',
    value: '<text>',
    secret: true,
    help: 'Signs sessions and derives the passwords of the logins. The same for all processes of one installation.',
  }),
  signUp: option({
    env: 'DAYMARK_SIGN_UP',
    schema: oneOf(['open', 'closed']),
    default: 'open',
    value: 'open|closed',
    help: 'Whether new people may make an account by themselves. The first account can always be made; invited people always may.',
  }),
  logLevel: option({
    env: 'DAYMARK_LOG_LEVEL',
    schema: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    value: 'trace|debug|info|warn|error|silent',
    help: 'The least important log lines that are written.',
  }),
  rateLimitPerMinute: option({
    env: 'DAYMARK_RATE_LIMIT_PER_MINUTE',
    schema: wholeNumber(0, 1_000_000),
    default: '1200',
    value: '<number>',
    help: 'Requests that one account, or one address that is not signed in, may send in a minute to one process. Sign-in and sign-up have a tighter limit. 0 turns all limits off.',
  }),
  bus: option({
    env: 'DAYMARK_BUS',
    schema: oneOf(['postgres']),
    default: 'postgres',
    value: 'postgres',
    help: 'What carries events between processes.',
  }),
  corsOrigins: option({
    env: 'DAYMARK_CORS_ORIGINS',
    schema: list.pipe(z.array(origin)),
    default: '',
    defaultText: 'none',
    value: '<addresses>',
    help: 'Origins of other sites whose pages may use this API from a browser, separated by commas.',
  }),
  trustProxy: option({
    env: 'DAYMARK_TRUST_PROXY',
    schema: trustProxy,
    default: 'false',
    value: 'true|false|<number>|<addresses>',
    help: 'Whether X-Forwarded-* headers are believed: from the next so many proxies, or from those addresses. Leave it off when nothing stands in front.',
  }),
  auditRetentionDays: option({
    env: 'DAYMARK_AUDIT_RETENTION_DAYS',
    schema: wholeNumber(1, 36_500),
    default: '90',
    value: '<number>',
    help: 'Days that audit entries are kept.',
  }),
  appDatabaseUrl: option({
    env: 'DAYMARK_APP_DATABASE_URL',
    schema: postgresUrl,
    defaultText: 'derived from DATABASE_URL',
    value: '<address>',
    secret: true,
    help: 'Login that serves requests, held back by row-level security. Never an owner or superuser.',
  }),
  workerDatabaseUrl: option({
    env: 'DAYMARK_WORKER_DATABASE_URL',
    schema: postgresUrl,
    defaultText: 'derived from DATABASE_URL',
    value: '<address>',
    secret: true,
    help: 'Login of the event handlers and sweepers.',
  }),
  authDatabaseUrl: option({
    env: 'DAYMARK_AUTH_DATABASE_URL',
    schema: postgresUrl,
    defaultText: 'derived from DATABASE_URL',
    value: '<address>',
    secret: true,
    help: 'Login that reaches accounts and sessions.',
  }),
  auditDatabaseUrl: option({
    env: 'DAYMARK_AUDIT_DATABASE_URL',
    schema: postgresUrl,
    defaultText: 'derived from DATABASE_URL',
    value: '<address>',
    secret: true,
    help: 'Login that files and reads audit entries.',
  }),
} as const satisfies Record<string, Option>;

type Options = typeof options;
type Required = { [Name in keyof Options]: Options[Name] extends { default: string } ? Name : never }[keyof Options];

/** The values of all options: those without a default may be undefined. */
export type OptionValues = {
  readonly [Name in keyof Options]: z.output<Options[Name]['schema']> | (Name extends Required ? never : undefined);
};

/** The flag of an option: `DAYMARK_SIGN_UP` is `--sign-up`, `DATABASE_URL` is `--database-url`. */
export function flagOf(row: Option): string {
  return `--${row.env
    .replace(/^DAYMARK_/, '')
    .toLowerCase()
    .replaceAll('_', '-')}`;
}
