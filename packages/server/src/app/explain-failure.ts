/** Turns a failure that an operator can mend into one line with the remedy. */
import { EmbeddedPostgresError } from '../adapters/embedded-postgres/errors.ts';
import { OperatorError } from '../kit/operator-error.ts';
import { LoginError } from '../store/logins.ts';
import { MigrationError } from '../store/migrate.ts';
import type { Config } from './config.ts';

type Where = Pick<Config, 'host' | 'port' | 'databaseUrl'>;

const causesMax = 10;

/** The line, from the error or the first of its causes that is known; undefined for what only a developer can mend. */
export function explainFailure(error: unknown, where: Where): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < causesMax; cause = cause.cause, depth++) {
    const line = explainOne(cause, where);
    if (line !== undefined) return line;
  }
  return undefined;
}

/** What PostgreSQL says, and what is said of it, while it starts, stops or is not there. */
const absences = new Set([
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08006'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'],
]);
const absenceWords = /^(timeout expired|Connection terminated|Client has encountered a connection error)/;

/**
 * Whether a start failed because the database was not there, or went away meanwhile: processes that are started together come up
 * in any order, so another try may succeed. Nothing that has to be corrected is among it.
 */
export function isNotThereYet(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < causesMax; cause = cause.cause, depth++) {
    if (cause instanceof OperatorError || cause instanceof EmbeddedPostgresError) return false;
    const { code, syscall } = cause as { code?: unknown; syscall?: unknown };
    if (syscall === 'listen' || syscall === 'bind') return false;
    if (typeof code === 'string' && absences.has(code)) return true;
    // The socket of a server on this machine.
    if (code === 'ENOENT' && syscall === 'connect') return true;
    if (code === undefined && absenceWords.test(cause.message)) return true;
  }
  return false;
}

function explainOne(error: Error & { code?: unknown; syscall?: unknown }, where: Where): string | undefined {
  if (error instanceof OperatorError) return error.line;
  if (error instanceof EmbeddedPostgresError) return error.message;
  if (error instanceof MigrationError || error instanceof LoginError) return sentence(error.message);
  if (error.code === undefined && absenceWords.test(error.message)) return noAnswer(databaseName(where.databaseUrl));
  if (typeof error.code !== 'string') return undefined;
  if (error.syscall === 'listen' || error.syscall === 'bind') return explainListening(error.code, where);
  if (error.code === 'ENOSPC' || error.code === '53100') return 'The disk is full. Free some space and start again.';
  return explainDatabase(error.code, databaseName(where.databaseUrl));
}

function explainListening(code: string, { host, port }: Where): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program. Stop that program, or choose another port with PORT.`;
    case 'EACCES':
      return `Port ${port} may not be opened by this user. Choose a port above 1023 with PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine. Correct HOST.`;
    default:
      return `Port ${port} cannot be opened (${code}). Choose another with PORT.`;
  }
}

function explainDatabase(code: string, name: string): string | undefined {
  switch (code) {
    case '28P01':
      return `PostgreSQL at ${name} refuses the password. Correct it in DATABASE_URL.`;
    case '28000':
      return `PostgreSQL at ${name} refuses the login. Correct the user in DATABASE_URL, or allow it in pg_hba.conf.`;
    case '3D000':
      return `PostgreSQL at ${name} has no such database. Create it, or correct its name in DATABASE_URL.`;
    case '42501':
      return `The login of PostgreSQL at ${name} lacks a right. Let it own the database and create roles.`;
    case '53300':
      return `PostgreSQL at ${name} has no free connection. Raise max_connections, or stop other programs.`;
    case '57P03':
      return `PostgreSQL at ${name} is still starting. Start again in a moment.`;
    case 'ENOENT':
      return noAnswer(name, code);
    default:
      return absences.has(code) ? noAnswer(name, code) : undefined;
  }
}

const noAnswer = (name: string, code?: string) =>
  `PostgreSQL at ${name} does not answer${code ? ` (${code})` : ''}. Start it, or correct DATABASE_URL.`;

/** Host and port alone: the rest of the address is nobody's business. */
function databaseName(databaseUrl: string | undefined): string {
  if (databaseUrl === undefined) return 'the data folder';
  const { host, searchParams } = new URL(databaseUrl);
  return host || searchParams.get('host') || 'the default socket';
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
