/**
 * Where the embedded PostgreSQL keeps its things below the data folder:
 *
 *   postgres/           the cluster (PGDATA)
 *   postgres-password   the superuser's password, readable by the program's user alone
 *   run/                the Unix socket; a folder of the temporary directory when this path is too long for a socket
 *   lock, lock-holder   see lock.ts
 */
import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { explainFailure } from './errors.ts';

/** A Unix socket's path has 104 bytes on macOS and 108 on Linux, the closing zero included. */
const SOCKET_PATH_BYTES_MAX = 100;

/** The port is only a part of the socket's name: nothing listens on the network. */
export const SOCKET_PORT = 5432;

export const SUPERUSER = 'daymark';
export const DATABASE = 'daymark';

export interface Layout {
  folder: string;
  cluster: string;
  staging: string;
  passwordFile: string;
  runFolder: string;
  lockFile: string;
  holderFile: string;
  cacheFolder: string;
}

/** Makes the data folder when there is none and names what lies in it. Throws `EmbeddedPostgresError`. */
export function openLayout(dataFolder: string): Layout {
  let folder = resolve(dataFolder);
  try {
    // Under root the server runs as another user, which has to pass through this folder; what is secret in it is 0600.
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    folder = realpathSync(folder);
  } catch (error) {
    throw explainFailure(error, { doing: 'Making the data folder', folder });
  }
  return {
    folder,
    cluster: join(folder, 'postgres'),
    staging: join(folder, 'postgres.new'),
    passwordFile: join(folder, 'postgres-password'),
    runFolder: runFolderFor(folder),
    lockFile: join(folder, 'lock'),
    holderFile: join(folder, 'lock-holder'),
    cacheFolder: join(folder, 'cache'),
  };
}

/** The socket's folder for a data folder: the same one for every process that asks. */
export function runFolderFor(folder: string): string {
  const inside = join(folder, 'run');
  if (Buffer.byteLength(join(inside, `.s.PGSQL.${SOCKET_PORT}`)) < SOCKET_PATH_BYTES_MAX) return inside;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return join(tmpdir(), `daymark-run-${process.getuid?.() ?? 0}-${name}`);
}

/**
 * The connection string of the superuser. The socket's folder stands as an encoded host, the form that libpq, pg
 * and `URL` all read; TLS is off because a PGSSLMODE in the environment would ask for it on the socket too.
 */
export function ownerUrl({
  socketFolder,
  password,
  database,
}: {
  socketFolder: string;
  password: string;
  database: string;
}) {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@${encodeURIComponent(socketFolder)}:${SOCKET_PORT}/${database}?sslmode=disable`;
}
