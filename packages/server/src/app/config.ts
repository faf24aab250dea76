/**
 * Reads the configuration once, from flags and the environment, through the table in options.ts. A flag wins over the environment;
 * `NAME_FILE` names a file that holds the value of `NAME`. An unknown flag and an unknown `DAYMARK_` name are errors, because a
 * mistyped option that is silently ignored is found on the worst day.
 */
import { type Environment, givenInEnvironment } from '../adapters/environment/environment-secrets.ts';
import { nearestName } from '../kit/nearest-name.ts';
import { OperatorError } from '../kit/operator-error.ts';
import { flagOf, type Option, type OptionValues, options } from './options.ts';

export interface Config extends OptionValues {
  /** `--help`: print the options and end. */
  readonly help: boolean;
  /** `--check`: see whether this configuration can work, and end. */
  readonly check: boolean;
}

const rows = Object.entries(options) as [keyof OptionValues, Option][];
const switches = ['--help', '--check'] as const;
const helpHint = 'See --help for all options.';

/**
 * Names that begin with DAYMARK_ but come from elsewhere: Kubernetes adds them to every container when a service is called
 * "daymark" (DAYMARK_SERVICE_HOST, DAYMARK_PORT=tcp://…).
 */
function isServiceLink(name: string, value: string): boolean {
  return (
    /^DAYMARK_SERVICE_(HOST|PORT(_\w+)?)$/.test(name) || /^DAYMARK_PORT_\d+_/.test(name) || /^\w+:\/\//.test(value)
  );
}

/** Parses flags (without program names) and environment. Throws OperatorError naming the option and what it wants. */
export function readConfig(flags: readonly string[], environment: Environment): Config {
  const given = readFlags(flags);
  refuseUnknownNames(environment);
  const values: Record<string, unknown> = {};
  for (const [name, row] of rows) {
    const flag = given.values.get(flagOf(row));
    const source = flag === undefined ? givenInEnvironment(environment, row.env) : { name: flagOf(row), text: flag };
    values[name] = source === undefined ? parseDefault(row) : parseValue(row, source.name, source.text);
  }
  return { ...(values as unknown as OptionValues), help: given.help, check: given.check };
}

function readFlags(flags: readonly string[]): { values: Map<string, string>; help: boolean; check: boolean } {
  const known = new Set(rows.map(([, row]) => flagOf(row)));
  const values = new Map<string, string>();
  const given = { values, help: false, check: false };
  for (let index = 0; index < flags.length; index++) {
    const typed = flags[index] ?? '';
    const [flag = '', inline] = typed.startsWith('--') ? splitOnce(typed, '=') : [typed];
    if (flag === '--help' || typed === '-h') given.help = true;
    else if (flag === '--check') given.check = true;
    else if (!known.has(flag)) throw unknown('option', flag, [...known, ...switches]);
    else {
      const value = inline ?? flags[++index];
      if (value === undefined) throw new OperatorError(`${flag} needs a value.`, helpHint);
      values.set(flag, value);
    }
  }
  return given;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function refuseUnknownNames(environment: Environment): void {
  const known = new Set(rows.flatMap(([, { env }]) => [env, `${env}_FILE`]));
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('DAYMARK_') || value === undefined || known.has(name)) continue;
    if (isServiceLink(name, value)) continue;
    throw unknown('environment name', name, known);
  }
}

function unknown(kind: string, typed: string, names: Iterable<string>): OperatorError {
  const all = [...names];
  // `DAYMARK_PORT` is a likely guess for `PORT`, and far from it by letters.
  const guess = all.find((name) => `DAYMARK_${name}` === typed) ?? nearestName(typed, all);
  return new OperatorError(`There is no ${kind} ${typed}.`, guess ? `Did you mean ${guess}?` : helpHint);
}

function parseDefault(row: Option): unknown {
  return row.default === undefined ? undefined : row.schema.parse(row.default);
}

function parseValue(row: Option, name: string, text: string): unknown {
  const result = row.schema.safeParse(text);
  if (result.success) return result.data;
  const message = result.error.issues[0]?.message ?? 'is not valid';
  throw new OperatorError(`${name} ${message}${row.secret ? '' : `, not "${text}"`}.`, helpHint);
}

/** The text of `--help`. */
export function helpText(): string {
  const described = rows.map(([, row]) => {
    const fallback = row.defaultText ?? row.default;
    return `  ${flagOf(row)} ${row.value}\n      ${row.env}${fallback ? ` (default: ${fallback})` : ''}\n      ${row.help}`;
  });
  return [
    'Daymark, a task platform. Starts the server; options are flags or environment names.',
    '',
    ...described,
    '  --check\n      Sees whether the configuration is valid and the database answers, then ends.',
    '  --help\n      Prints this text.',
    '',
    'Each environment name may be given with _FILE behind it: the value is then read from the file of that path.',
    '',
  ].join('\n');
}
