/** The form of the log for people at a terminal: time of day, level when it matters, message, then the fields. */

const hidden = new Set(['time', 'level', 'service', 'message', 'error']);

/** Turns one JSON line into a readable one. */
export function readableLine(line: string): string {
  const fields: Record<string, unknown> = JSON.parse(line);
  const { time, level, message, error } = fields;
  const rest = Object.entries(fields)
    .filter(([name, value]) => !hidden.has(name) && value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`);
  const mark = level === 'info' ? [] : [String(level)];
  return `${[String(time).slice(11, 19), ...mark, message, ...rest].join(' ')}\n${readableError(error)}`;
}

function readableError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { type, message, stack, cause } = error as {
    type?: string;
    message?: string;
    stack?: string[];
    cause?: unknown;
  };
  const places = (stack ?? []).map((place) => `    at ${place}\n`).join('');
  return `  ${type}: ${message}\n${places}${readableError(cause)}`;
}
