import { expect, test } from 'vitest';
import { EmbeddedPostgresError } from '../adapters/embedded-postgres/errors.ts';
import { OperatorError } from '../kit/operator-error.ts';
import { LoginError } from '../store/logins.ts';
import { MigrationError } from '../store/migrate.ts';
import { explainFailure, isNotThereYet } from './explain-failure.ts';
import { ModuleFailure } from './module.ts';
import { requirePostgres } from './postgres-version.ts';

const databaseUrl = 'postgres://someone:hunter2@db.example.org:5433/daymark';
const where = { host: '127.0.0.1', port: 8080, databaseUrl };
const explain = (cause: unknown) => explainFailure(new ModuleFailure('schema', 'did not start', cause), where);
const coded = (code: string, more: object = {}) => Object.assign(new Error('raw'), { code, ...more });

test('each failure that an operator can mend is one line with a remedy, through its causes', () => {
  const known = [
    new OperatorError('It is so.', 'Do this.'),
    new EmbeddedPostgresError('folder_in_use', 'Data folder in use by another process. Stop it.'),
    new MigrationError('database_newer', 'the database was made by a newer Daymark; start that version'),
    new LoginError('cannot_create_logins', 'the login cannot be made; grant createrole'),
    coded('ENOSPC'),
    coded('53100', { severity: 'ERROR' }),
    coded('EACCES', { syscall: 'listen' }),
    coded('EADDRNOTAVAIL', { syscall: 'listen' }),
    ...['28P01', '28000', '3D000', '42501', '53300', '57P03', 'ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT'].map((code) =>
      coded(code),
    ),
  ];
  for (const error of known) {
    const line = explain(error);
    expect(line, error.name).toMatch(/^[A-Z0-9].*\.$/);
    expect(line).not.toMatch(/\n|raw|hunter2/);
  }
});

test('an unreachable PostgreSQL and a wrong password name the server, never the password', async () => {
  const unreachable = 'postgres://someone:hunter2@127.0.0.1:1/daymark';
  const error = await requirePostgres(unreachable).catch((failure: unknown) => failure);
  expect(explainFailure(error, { ...where, databaseUrl: unreachable })).toBe(
    'PostgreSQL at 127.0.0.1:1 does not answer (ECONNREFUSED). Start it, or correct DATABASE_URL.',
  );
  expect(explain(coded('28P01'))).toBe(
    'PostgreSQL at db.example.org:5433 refuses the password. Correct it in DATABASE_URL.',
  );
});

test('a mistake of ours is not explained away', () => {
  expect(explain(new TypeError('x is undefined'))).toBeUndefined();
  expect(explain(coded('42703', { severity: 'ERROR' }))).toBeUndefined();
});

test('only a database that is not there, or goes away, is waited for', async () => {
  const unreachable = await requirePostgres('postgres://someone@127.0.0.1:1/daymark').catch((error: unknown) => error);
  const noSocket = await requirePostgres('postgres:///daymark?host=/nowhere').catch((error: unknown) => error);
  const away = [
    ...[unreachable, noSocket, new Error('Connection terminated unexpectedly'), new Error('timeout expired')],
    ...['57P03', '57P01', '53300', 'ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT'].map((code) => coded(code)),
  ];
  for (const error of away) {
    expect(isNotThereYet(new ModuleFailure('schema', 'did not start', error)), String(error)).toBe(true);
    expect(explain(error)).toMatch(/^PostgreSQL at .*\.$/);
  }
  const wrong = [
    ...[coded('28P01'), coded('3D000'), coded('53100'), coded('ENOENT', { syscall: 'open' }), new TypeError('x')],
    ...[coded('EADDRINUSE', { syscall: 'listen' }), new OperatorError('It is so.', 'Do this.')],
    new EmbeddedPostgresError('gave_up', 'It ended six times.', { cause: coded('ECONNREFUSED') }),
  ];
  for (const error of wrong) expect(isNotThereYet(new ModuleFailure('schema', 'did not start', error))).toBe(false);
});
