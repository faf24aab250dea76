/** The `daymark` command line of the server: what a command is, how one is found in what was typed, and the text of `--help`. */
import { parseArgs } from 'node:util';
import type { AccountDeps } from '../../commands/account-deps.ts';
import { nearestName } from '../../kit/nearest-name.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import type { Database } from '../../store/database.ts';
import type { LoginRole } from '../../store/logins.ts';
import type { Wakes } from '../../store/wakes.ts';

/** What every command is given. The server may be running beside it or not. */
export interface CommandLine {
  readonly databases: Readonly<Record<LoginRole, Database>>;
  readonly accounts: AccountDeps;
  /** How the owner of the database connects. */
  readonly ownerUrl: string;
  readonly wakes: Wakes;
  /** Where people reach the server, for links. */
  readonly origin: string;
  /** Writes one line to standard output. */
  readonly print: (line: string) => void;
}

/** What was typed behind the name of the command. */
export interface Typed {
  /** By the names in `parameters`; all are there. */
  readonly parameters: Readonly<Record<string, string>>;
  /** By their long names without dashes; a switch that was given is `true`. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
}

export interface CliCommand {
  /** One or two words: `user reset-link`. */
  readonly name: string;
  /** Names of what has to follow, in order: `email`. */
  readonly parameters: readonly string[];
  /** Long name → what its value is called, or null for a switch. */
  readonly options: Readonly<Record<string, string | null>>;
  /** One sentence. */
  readonly help: string;
  /** Answers the exit code. Throws OperatorError or Problem for what the operator can mend. */
  readonly run: (line: CommandLine, typed: Typed) => Promise<number>;
}

/** The command that was typed; `help` when help is wanted, of all commands or of those that begin alike. Throws OperatorError. */
export function readCommandLine(
  commands: readonly CliCommand[],
  words: readonly string[],
): { help: string } | { command: CliCommand; typed: Typed } {
  const wantsHelp = words.length === 0 || words.some((word) => word === '--help' || word === '-h');
  const plain = words.filter((word) => word !== '--help' && word !== '-h');
  const command = commands.find(({ name }) => startsWith(plain, name.split(' ')));
  if (wantsHelp) {
    const alike = command ? [command] : commands.filter(({ name }) => startsWith(name.split(' '), plain));
    if (alike.length > 0) return { help: helpText(alike) };
  }
  if (!command) throw unknownCommand(commands, plain);
  return { command, typed: readTyped(command, plain.slice(command.name.split(' ').length)) };
}

const startsWith = (words: readonly string[], beginning: readonly string[]): boolean =>
  beginning.every((word, index) => words[index] === word);

function unknownCommand(commands: readonly CliCommand[], words: readonly string[]): OperatorError {
  const typed = words.slice(0, 2).join(' ');
  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `)).map(({ name }) => name);
  const names = commands.map(({ name }) => name);
  const nearest = nearestName(typed, names) ?? nearestName(words[0] ?? '', names);
  if (nearest) return new OperatorError(`There is no command ${typed}.`, `Did you mean ${nearest}?`);
  const remedy = group.length > 0 ? `Choose from ${group.join(', ')}.` : 'See daymark --help.';
  return new OperatorError(`There is no command ${typed}.`, remedy);
}

function readTyped(command: CliCommand, words: string[]): Typed {
  const usage = `Usage: ${usageOf(command)}`;
  const config = Object.entries(command.options).map(
    ([name, value]) => [name, { type: value === null ? 'boolean' : 'string' }] as const,
  );
  try {
    const { values, positionals } = parseArgs({
      args: words,
      options: Object.fromEntries(config),
      allowPositionals: true,
    });
    if (positionals.length !== command.parameters.length) {
      const count = command.parameters.length;
      throw new OperatorError(`${command.name} takes ${count === 0 ? 'nothing more' : `${count} word`}.`, usage);
    }
    const parameters = Object.fromEntries(command.parameters.map((name, index) => [name, positionals[index] ?? '']));
    return { parameters, options: values as Typed['options'] };
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    throw new OperatorError(`${(cause as Error).message.split(/\.\s/, 1)[0]}.`, usage, { cause });
  }
}

function usageOf({ name, parameters, options }: CliCommand): string {
  const optional = Object.entries(options).map(
    ([option, value]) => `[--${option}${value === null ? '' : ` <${value}>`}]`,
  );
  return ['daymark', name, ...parameters.map((parameter) => `<${parameter}>`), ...optional].join(' ');
}

function helpText(commands: readonly CliCommand[]): string {
  const described = commands.map((command) => `  ${usageOf(command)}\n      ${command.help}`);
  return [
    'The command line of a Daymark server. It takes the same environment as the server (DAYMARK_DATA, DATABASE_URL, …),',
    'and works beside a running server or without one.',
    '',
    ...described,
    '',
  ].join('\n');
}
