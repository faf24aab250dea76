/**
 * The log: one JSON line an event on stdout, or a short readable line on a terminal. Fields: time, level, service, message, and
 * where they are known request_id, correlation_id, trace_id, user_id, task_id. Whoever logs passes ids and counts, never a
 * secret, a token or what people wrote; errors are reduced below to what cannot hold any of it.
 */
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { readableLine } from './log-readable.ts';

export type Log = Logger;
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

const causesMax = 5;
const framesMax = 20;

export interface LogOptions {
  readonly level: LogLevel;
  /** Which program writes; the log collector's label. */
  readonly service: string;
  /** Short lines for people instead of JSON. */
  readonly readable?: boolean;
  /** The trace of the work at hand, for lines that do not name one themselves. */
  readonly traceId?: () => string | null;
  /** Where lines go instead of stdout, for tests. */
  readonly write?: (line: string) => void;
}

/** The names under which secrets would travel, should someone log a whole object by mistake. */
const secretNames = new Set(['password', 'token', 'secret', 'authorization', 'cookie']);

/** Opens the log. `flush` writes what is still in memory and must be called before the process ends. */
export function openLog(options: LogOptions): { log: Log; flush(): void } {
  // Writing asynchronously keeps a slow reader of stdout from holding up requests.
  const stdout = options.write || options.readable ? undefined : destination({ dest: 1, sync: false });
  const write = options.write ?? ((line: string) => process.stdout.write(line));
  const target: DestinationStream = stdout ?? {
    write: options.readable ? (line) => write(readableLine(line)) : write,
  };
  const { traceId } = options;
  const log = pino(
    {
      ...(traceId && { mixin: () => traceOf(traceId()) }),
      level: options.level,
      base: { service: options.service },
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: (fields) => withoutSecrets(fields) },
      serializers: { error: describeError },
    },
    target,
  );
  return { log, flush: () => stdout?.flushSync() };
}

const traceOf = (trace_id: string | null): object => (trace_id === null ? {} : { trace_id });

/** Secrets are removed two levels deep. The general redaction of pino would cost as much as the rest of a request's line. */
function withoutSecrets(fields: Record<string, unknown>, levelsLeft = 2): Record<string, unknown> {
  let clean = fields;
  for (const [name, value] of Object.entries(fields)) {
    let kept = value;
    if (secretNames.has(name.toLowerCase())) kept = '[removed]';
    else if (levelsLeft > 1 && isPlainObject(value)) kept = withoutSecrets(value, levelsLeft - 1);
    if (kept === value) continue;
    if (clean === fields) clean = { ...fields };
    clean[name] = kept;
  }
  return clean;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && !Array.isArray(value);
}

interface DescribedError {
  type: string;
  message: string;
  code?: string | undefined;
  /** Names of tables and constraints that PostgreSQL reports; never its `detail`, which quotes rows. */
  table?: string | undefined;
  constraint?: string | undefined;
  stack?: string[];
  cause?: DescribedError;
}

/** What of an error may be logged, its causes included. */
function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something that is not an error was thrown' };
  const { code, table, constraint } = error as { code?: unknown; table?: unknown; constraint?: unknown };
  return {
    type: error.name,
    message: withoutQuotedValues(error),
    code: typeof code === 'string' ? code : undefined,
    table: typeof table === 'string' ? table : undefined,
    constraint: typeof constraint === 'string' ? constraint : undefined,
    // The first lines of a stack repeat the message; only the places are kept.
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, framesMax)
      .map((line) => line.slice('    at '.length)),
    ...(error.cause !== undefined && depth < causesMax && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** PostgreSQL's messages quote the value that it could not read: `invalid input syntax for type date: "…"`. */
function withoutQuotedValues(error: Error): string {
  return 'severity' in error ? error.message.replace(/: ".*"/s, ': (a value)') : error.message;
}
