/** The cluster on disk: made once, checked at every start. */
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Account, giveTree, makePrivateFolder } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError, explainFailure } from './errors.ts';
import { type Layout, SUPERUSER } from './layout.ts';
import { spawnAs } from './spawn.ts';

/** The major version of the programs in the packages; a cluster of another one cannot be opened by them. */
const MAJOR = '18';

const PASSWORD_BYTES = 32;

/**
 * The sort order is the order of code points (provider "builtin", locale C.UTF-8): it knows upper and lower case of every
 * script and, unlike the collations of the system, never changes under existing indexes. The character classes that
 * trigrams need come from the system, so the first of these that it has is taken.
 */
const CHARACTER_TYPES = ['C.UTF-8', 'en_US.UTF-8', 'C'] as const;

/** Returns the superuser's password after making sure that there is a cluster it opens. Throws `EmbeddedPostgresError`. */
export async function openCluster(layout: Layout, binaries: Binaries, account: Account): Promise<string> {
  try {
    if (!existsSync(join(layout.cluster, 'PG_VERSION'))) {
      const password = readPassword(layout) ?? writePassword(layout);
      await makeCluster(layout, binaries, { account, password });
      return password;
    }
    checkMajor(layout);
    giveTree(layout.cluster, account);
    return readPassword(layout) ?? (await resetPassword(layout, binaries, account));
  } catch (error) {
    throw explainFailure(error, { doing: 'Preparing PostgreSQL', folder: layout.folder });
  }
}

/** The superuser's password, or null where no program has started in this data folder. */
export function readPassword({ passwordFile }: Layout): string | null {
  if (!existsSync(passwordFile)) return null;
  return readFileSync(passwordFile, 'utf8').trim() || null;
}

function writePassword({ passwordFile }: Layout): string {
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const staging = `${passwordFile}.new`;
  writeFileSync(staging, `${password}\n`, { mode: 0o600, flush: true });
  renameSync(staging, passwordFile);
  return password;
}

function checkMajor({ cluster }: Layout): void {
  const major = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (major === MAJOR) return;
  throw new EmbeddedPostgresError(
    'other_major',
    `${cluster} was made by PostgreSQL ${major}, this release brings ${MAJOR}. Start it with the release of Daymark that made it, or name another folder in DAYMARK_DATA.`,
  );
}

/** Makes the cluster beside its place and moves it there when it is whole, so an interrupted start leaves none. */
async function makeCluster(
  layout: Layout,
  binaries: Binaries,
  { account, password }: { account: Account; password: string },
): Promise<void> {
  const passwordCopy = join(layout.runFolder, 'initdb-password');
  try {
    for (const characterType of CHARACTER_TYPES) {
      rmSync(layout.staging, { recursive: true, force: true });
      makePrivateFolder(layout.staging, account);
      writeFileSync(passwordCopy, password, { mode: 0o600 });
      if (account.ids) chownSync(passwordCopy, account.ids.uid, account.ids.gid);
      const { code, output } = await runToEnd(
        binaries.initdb,
        initdbArguments(layout, { passwordCopy, characterType }),
        account,
      );
      if (code === 0) break;
      const isLast = characterType === CHARACTER_TYPES.at(-1);
      if (isLast || !/invalid locale/i.test(output)) {
        throw explainFailure(output, { doing: 'Making the database cluster (initdb)', folder: layout.folder });
      }
    }
    renameSync(layout.staging, layout.cluster);
    syncFolder(dirname(layout.cluster));
  } finally {
    rmSync(passwordCopy, { force: true });
    rmSync(layout.staging, { recursive: true, force: true });
  }
}

function initdbArguments(
  { staging }: Layout,
  { passwordCopy, characterType }: { passwordCopy: string; characterType: string },
) {
  return [
    `--pgdata=${staging}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordCopy}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    `--lc-ctype=${characterType}`,
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
}

/** Without its password file the cluster is still the owner's: a server in single-user mode takes a new one. */
async function resetPassword(layout: Layout, binaries: Binaries, account: Account): Promise<string> {
  const password = writePassword(layout);
  const { code, output } = await runToEnd(binaries.postgres, ['--single', '-D', layout.cluster, 'postgres'], account, {
    input: `alter role ${SUPERUSER} password '${password}'\n`,
  });
  if (code !== 0) {
    rmSync(layout.passwordFile, { force: true });
    throw explainFailure(output, { doing: 'Setting a new database password', folder: layout.folder });
  }
  return password;
}

async function runToEnd(program: string, args: string[], account: Account, { input = '' } = {}) {
  const child = spawnAs(account, program, args);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

/** A rename is on disk only when its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
