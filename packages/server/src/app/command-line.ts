/** A run of the `daymark` command line, from what was typed to the exit code. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '@daymark/core/contract/problem.ts';
import { openAccounts } from '../adapters/better-auth/accounts.ts';
import { attachEmbeddedPostgres } from '../adapters/embedded-postgres/attach.ts';
import { openLayout } from '../adapters/embedded-postgres/layout.ts';
import { createKeyedQueue } from '../kit/keyed-queue.ts';
import { type Log, openLog } from '../kit/log.ts';
import { createMetrics } from '../kit/metrics.ts';
import { OperatorError } from '../kit/operator-error.ts';
import { noTracing } from '../kit/tracing.ts';
import { type CommandLine, readCommandLine } from '../services/cli/command-line.ts';
import { commandTable } from '../services/cli/command-table.ts';
import { findEpoch } from '../store/epochs.ts';
import { migrate } from '../store/migrate.ts';
import { openWakes } from '../store/wakes.ts';
import type { Config } from './config.ts';
import { openDatabases } from './databases.ts';
import { explainFailure } from './explain-failure.ts';
import { givenLogins } from './given-logins.ts';
import { requirePostgres } from './postgres-version.ts';
import { loadSecret } from './secret.ts';
import { readConfigWithSecrets } from './stored-secrets.ts';

const commandsPerSpaceMax = 2;
const commandsWaitingMax = 100;

export interface Terminal {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output and standard error. */
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** Answers the exit code: 0 when done, 1 when not. */
export async function runCommandLine(terminal: Terminal): Promise<number> {
  let where: Pick<Config, 'host' | 'port' | 'databaseUrl'> = { host: '', port: 0, databaseUrl: undefined };
  try {
    const wanted = readCommandLine(commandTable, terminal.words);
    if ('help' in wanted) {
      terminal.print(wanted.help);
      return 0;
    }
    const config = await readConfigWithSecrets([], terminal.environment);
    where = config;
    const print = (line: string) => terminal.print(`${line}\n`);
    // The output is for people and pipes; only what goes wrong is said beside it.
    const { log } = openLog({ level: 'error', service: 'daymark', readable: true, write: terminal.printError });
    return await withServer(log, config, print, (line) => wanted.command.run(line, wanted.typed));
  } catch (error) {
    const text = error instanceof Problem ? error.message : explainFailure(error, where);
    if (text === undefined) throw error;
    terminal.printError(`${text}\n`);
    return 1;
  }
}

/** Connects to the server's database, or starts the embedded one for as long as `work` takes. */
async function withServer<T>(
  log: Log,
  config: Config,
  print: CommandLine['print'],
  work: (line: CommandLine) => Promise<T>,
): Promise<T> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const ownerUrl = await connect(log, config, closing);
    const secret = config.secret ?? loadSecret(config.dataFolder);
    const urls = await migrate({ ownerUrl, secret, given: givenLogins(config), log: (message) => log.info(message) });
    const databases = openDatabases(log, createMetrics({ runtime: false }), urls);
    closing.push(() => databases.stop());
    const wakes = openWakes({ url: urls.worker, onError: (error) => log.warn({ error }, 'wake-ups are interrupted') });
    closing.push(() => wakes.close());
    const { accounts } = openAccounts(log, { url: urls.auth, secret, publicUrl: config.publicUrl });
    closing.push(() => accounts.close());
    const worker = {
      db: databases.worker,
      wakes,
      queue: createKeyedQueue({ runningMax: commandsPerSpaceMax, waitingMax: commandsWaitingMax }),
      epoch: await findEpoch(databases.worker.sql),
      onAppended: () => {},
      tracing: noTracing,
    };
    const origin = config.publicUrl ?? `http://localhost:${config.port}`;
    return await work({
      ownerUrl,
      databases,
      accounts: { accounts, auth: databases.auth, worker, log },
      wakes,
      origin,
      print,
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function connect(log: Log, config: Config, closing: (() => Promise<unknown>)[]): Promise<string> {
  if (config.databaseUrl !== undefined) {
    await requirePostgres(config.databaseUrl);
    return config.databaseUrl;
  }
  const folder = resolve(config.dataFolder);
  // The layout of a folder makes the folder, so whether there is one is asked first.
  if (!existsSync(folder) || !existsSync(openLayout(folder).cluster)) {
    throw new OperatorError(
      `There is no Daymark in ${folder}.`,
      'Name its data folder in DAYMARK_DATA, or set DATABASE_URL.',
    );
  }
  const postgres = await attachEmbeddedPostgres({ folder, log });
  closing.push(() => postgres.stop());
  return postgres.ownerUrl;
}
