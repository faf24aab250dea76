/**
 * Under which user PostgreSQL runs. It refuses to run as root, so a program started by root hands it to `nobody`
 * and gives that user the cluster and the socket's folder, nothing else.
 */
import { chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './errors.ts';

/** The user and group `nobody` on every Linux. */
const NOBODY = 65534;

export interface Account {
  /** Set when root has to become somebody else. */
  ids?: { uid: number; gid: number };
  /** A program and its arguments that start the server where `ids` alone do not reach the cluster. */
  wrapper?: [string, ...string[]];
}

/** Chooses the account for a cluster below `folder`. Throws `folder_unreachable` when no user but root gets there. */
export function chooseAccount(folder: string): Account {
  if (process.getuid?.() !== 0) return {};
  if (process.platform !== 'linux') {
    throw new EmbeddedPostgresError(
      'unsupported_platform',
      'PostgreSQL does not run as root. Start Daymark as an ordinary user, or set DATABASE_URL.',
    );
  }
  const ids = { uid: NOBODY, gid: NOBODY };
  if (isReachable(folder)) return { ids };
  const capability = traversalCapability();
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => statSync(path, { throwIfNoEntry: false }));
  if (capability && setpriv) {
    const keep = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
    return { ids, wrapper: [setpriv, `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...keep, '--'] };
  }
  throw new EmbeddedPostgresError(
    'folder_unreachable',
    `PostgreSQL does not run as root, and no other user may enter ${folder}. Name a folder such as /var/lib/daymark in DAYMARK_DATA, or start Daymark as an ordinary user.`,
  );
}

/** Whether `nobody` may pass from the root of the file system down to `path`. */
export function isReachable(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    const { mode, uid } = statSync(at);
    if ((mode & (uid === NOBODY ? 0o100 : 0o001)) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * The capability that lets `nobody` pass through root's private folders (a checkout in /root): the smaller one where
 * root has it, the one that containers leave to root elsewhere.
 */
function traversalCapability(): 'dac_read_search' | 'dac_override' | null {
  const bounding = /^CapBnd:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const bits = BigInt(`0x${bounding ?? '0'}`);
  if (bits & (1n << 2n)) return 'dac_read_search';
  return bits & (1n << 1n) ? 'dac_override' : null;
}

/**
 * Makes a private folder (0700) for the account, or checks that the one there is a folder of that account. A folder in a
 * temporary directory could have been put there by somebody else. Errors of the file system are passed on.
 */
export function makePrivateFolder(path: string, { ids }: Account): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const wanted = ids?.uid ?? process.getuid?.();
  if (!found.isDirectory() || (found.uid !== wanted && found.uid !== process.getuid?.())) {
    throw Object.assign(new Error(`${path} belongs to another user`), { code: 'EPERM' });
  }
  if (ids) giveTree(path, { ids });
}

/** Gives a folder with everything in it to the account, when it is not already its. */
export function giveTree(path: string, { ids }: Account): void {
  if (!ids) return;
  const found = lstatSync(path);
  if (found.uid === ids.uid && found.gid === ids.gid) return;
  if (found.isDirectory()) {
    for (const name of readdirSync(path)) giveTree(join(path, name), { ids });
  }
  // The folder itself last: an interrupted walk is then done again.
  if (!found.isSymbolicLink()) chownSync(path, ids.uid, ids.gid);
}
