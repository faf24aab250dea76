/**
 * The table of options. Each row yields the type of the value, its environment name, flag, help text, default and its place in
 * docs/reference/configuration.md. Reading them is the work of config.ts.
 */
import { z } from 'zod';
import { parseSmsUrl } from '../adapters/sms/sms-url.ts';
import { parseMailbox } from '../adapters/smtp/mail-address.ts';
import { parseSmtpUrl } from '../adapters/smtp/smtp-url.ts';
import { parseFailPoint } from '../kit/fail-point.ts';
import {
  type AddressRule,
  isNetwork,
  publicAddresses,
  publicAddressesAnd,
  publicAndPrivateAddresses,
} from '../kit/safe-address.ts';
import { daprOptions } from './dapr-options.ts';
import { kafkaOptions } from './kafka-options.ts';
import { targetNames } from './target-names.ts';
import { telemetryOptions } from './telemetry-options.ts';

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

/** What a parser makes of the text; `message` completes the sentence where it makes nothing of it. */
const parsedBy = <Value>(parse: (text: string) => Value | null, message: string) =>
  z.string().transform((text, context): Value => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Which addresses may be reached on the word of a stranger. */
const reachable = list
  .refine(
    (items) => (items.length === 1 && /^(true|false)$/.test(items[0] ?? '')) || items.every(isNetwork),
    'must be true, false, or networks such as 10.1.0.0/16, separated by commas',
  )
  .transform((items): AddressRule => {
    if (items.length === 0 || items[0] === 'false') return publicAddresses;
    return items[0] === 'true' ? publicAndPrivateAddresses : publicAddressesAnd(items);
  });

const secretCharactersMin = 32;
const startWaitMax_s = 3600;
/** Leaves the requests in hand ten of the thirty seconds in which a process has to end. */
const drainPauseMax_s = 20;

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
    help: 'Requests that one account, or one address that is not signed in, may send in a minute to one process. Sign-in and sign-up have a tighter limit for each address, over all processes together. 0 turns all limits off.',
  }),
  startWaitSeconds: option({
    env: 'DAYMARK_START_WAIT_SECONDS',
    schema: wholeNumber(0, startWaitMax_s),
    default: '60',
    value: '<number>',
    help: 'How long a starting process waits for a database that does not answer yet, so that all may be started in any order.',
  }),
  drainPauseSeconds: option({
    env: 'DAYMARK_DRAIN_PAUSE_SECONDS',
    schema: wholeNumber(0, drainPauseMax_s),
    default: '0',
    value: '<number>',
    help: 'A process that is told to stop first answers 503 on `/ready` and goes on serving for so long, so that a load balancer sends new requests elsewhere. Set it to what the balancer takes to notice; all of stopping has 30 seconds.',
  }),
  bus: option({
    env: 'DAYMARK_BUS',
    schema: oneOf(['postgres', 'kafka', 'dapr']),
    default: 'postgres',
    value: 'postgres|kafka|dapr',
    help: 'What carries events between processes. With `postgres` each reads the log itself and nothing else is needed.',
  }),
  ...kafkaOptions,
  ...daprOptions,
  smtpServer: option({
    env: 'DAYMARK_SMTP_URL',
    schema: parsedBy(parseSmtpUrl, 'must be an address such as smtp://user:password@mail.example.org:587'),
    defaultText: 'none: no mail is sent',
    value: '<address>',
    secret: true,
    help: 'The mail server: `smtp://user:password@host:587`, or `smtps://` where TLS begins at once. With `smtp://` STARTTLS is required and the certificate checked; on this machine or its network it is used where it is offered. `?tls=required|optional|off` says otherwise.',
  }),
  mailFrom: option({
    env: 'DAYMARK_MAIL_FROM',
    schema: parsedBy(parseMailbox, 'must be an address such as Daymark <daymark@example.org>'),
    defaultText: 'none; needed with DAYMARK_SMTP_URL',
    value: '<address>',
    help: 'Who mail comes from: an address, with or without a name before it.',
  }),
  smsProvider: option({
    env: 'DAYMARK_SMS_URL',
    schema: parsedBy(parseSmsUrl, 'must be an http(s) address with ?From= or ?MessagingServiceSid='),
    defaultText: 'none: no text messages are sent',
    value: '<address>',
    secret: true,
    help: 'A provider of text messages that speaks as Twilio does: `https://SID:TOKEN@api.twilio.com/2010-04-01/Accounts/SID/Messages.json?From=%2B15005550006`. Name and password are sent as Basic authentication; what stands in the query is sent as fields of each form, `MessagingServiceSid` may take the place of `From`. Special letters are escaped as in any address.',
  }),
  webhookReach: option({
    env: 'DAYMARK_WEBHOOK_ALLOW_PRIVATE',
    schema: reachable,
    default: 'false',
    value: 'true|false|<networks>',
    help: 'Whether webhooks and push services may lie in loopback and private networks, or in which: `10.1.0.0/16,127.0.0.1`. Link-local addresses and metadata services are out of reach unless their network is named. Push services may then be http too.',
  }),
  failPoint: option({
    env: 'DAYMARK_FAIL_POINT',
    schema: parsedBy(parseFailPoint, 'must be a name, or name@n'),
    defaultText: 'none',
    value: '<name>[@<n>]',
    help: 'For failure tests alone: at the n-th passing of this place in the program the process kills itself with SIGKILL.',
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
  ...telemetryOptions,
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
