import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OperatorError } from '../kit/operator-error.ts';
import { helpText, readConfig } from './config.ts';
import { flagOf, options } from './options.ts';

const refusal = (flags: string[], environment: Record<string, string> = {}): string => {
  try {
    readConfig(flags, environment);
  } catch (error) {
    if (error instanceof OperatorError) return error.line;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('with nothing given, every option has its default', () => {
  expect(readConfig([], {})).toMatchObject({
    port: 8080,
    host: '127.0.0.1',
    dataFolder: './data',
    targets: ['all'],
    signUp: 'open',
    bus: 'postgres',
    corsOrigins: [],
    trustProxy: false,
    auditRetentionDays: 90,
    databaseUrl: undefined,
    help: false,
    check: false,
  });
});

test('a flag wins over the environment, in both spellings', () => {
  const environment = { PORT: '1', HOST: 'a' };
  expect(readConfig(['--port', '9000', '--host=0.0.0.0'], environment)).toMatchObject({ port: 9000, host: '0.0.0.0' });
});

test('an empty environment value counts as not given', () => {
  expect(readConfig([], { PORT: '', DAYMARK_SECRET: '' })).toMatchObject({ port: 8080, secret: undefined });
});

test('a value may be read from a file, without its last line break', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-config-'));
  const path = join(folder, 'secret');
  writeFileSync(path, `${'s'.repeat(40)}\n`);
  expect(readConfig([], { DAYMARK_SECRET_FILE: path }).secret).toBe('s'.repeat(40));
  expect(refusal([], { DAYMARK_SECRET_FILE: join(folder, 'none') })).toMatch(/cannot be read \(ENOENT\)/);
  expect(refusal([], { DAYMARK_SECRET: 's'.repeat(40), DAYMARK_SECRET_FILE: path })).toMatch(/Set only one/);
  rmSync(folder, { recursive: true });
});

test('an unknown flag is refused with the nearest one', () => {
  expect(refusal(['--prot', '1'])).toBe('There is no option --prot. Did you mean --port?');
  expect(refusal(['start'])).toMatch(/There is no option start\./);
});

test('an unknown DAYMARK_ name is refused with the nearest one', () => {
  expect(refusal([], { DAYMARK_SIGNUP: 'open' })).toMatch(/Did you mean DAYMARK_SIGN_UP\?/);
  expect(refusal([], { DAYMARK_PORT: '9000' })).toMatch(/Did you mean PORT\?/);
  expect(refusal([], { DAYMARK_ENTIRELY_ELSE: '1' })).toMatch(/See --help/);
});

test('names that Kubernetes adds for a service called daymark are not taken for mistakes', () => {
  const links = {
    DAYMARK_SERVICE_HOST: '10.0.0.1',
    DAYMARK_SERVICE_PORT: '8080',
    DAYMARK_PORT: 'tcp://10.0.0.1:8080',
    DAYMARK_PORT_8080_TCP_ADDR: '10.0.0.1',
  };
  expect(readConfig([], links).port).toBe(8080);
});

test('a wrong value says what is wanted, and a secret one is not repeated', () => {
  expect(refusal(['--port', '80x'])).toBe(
    'PORT must be a whole number from 0 to 65535, not "80x". See --help for all options.'.replace('PORT', '--port'),
  );
  expect(refusal([], { DAYMARK_SIGN_UP: 'maybe' })).toMatch(/must be one of open, closed, not "maybe"/);
  expect(refusal([], { DATABASE_URL: 'mysql://hidden' })).not.toContain('hidden');
  expect(refusal([], { DAYMARK_SECRET: 'tooshort' })).not.toContain('tooshort');
  expect(refusal(['--port'])).toBe('--port needs a value. See --help for all options.');
});

test('lists and proxies are read in every documented form', () => {
  const read = (DAYMARK_TRUST_PROXY: string) => readConfig([], { DAYMARK_TRUST_PROXY }).trustProxy;
  expect(['true', 'false', '10.0.0.0/8, 127.0.0.1'].map(read)).toEqual([true, false, ['10.0.0.0/8', '127.0.0.1']]);
  const nearestTwo = read('2');
  if (typeof nearestTwo !== 'function') throw new Error('a number is the nearest so many proxies');
  expect([0, 1, 2].map((hop) => nearestTwo('10.0.0.1', hop))).toEqual([true, true, false]);
  const { corsOrigins, targets, publicUrl } = readConfig(['--target', 'api, sync'], {
    DAYMARK_CORS_ORIGINS: 'https://a.example, http://b.example:3000/',
    DAYMARK_PUBLIC_URL: 'https://tasks.example.org/',
  });
  expect(corsOrigins).toEqual(['https://a.example', 'http://b.example:3000']);
  expect(targets).toEqual(['api', 'sync']);
  expect(publicUrl).toBe('https://tasks.example.org');
});

test('flags are distinct, and help names every option', () => {
  const rows = Object.values(options);
  expect(new Set(rows.map(flagOf)).size).toBe(rows.length);
  for (const row of rows) {
    expect(helpText()).toContain(row.env);
    expect(helpText()).toContain(flagOf(row));
  }
});
