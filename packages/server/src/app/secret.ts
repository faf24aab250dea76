/** The installation's secret: given, or made at first start and kept in the data folder. */
import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../kit/operator-error.ts';

const secretBytes = 32;

/** Reads the secret of a data folder, or makes it. Several processes may do so at once. Throws OperatorError. */
export function loadSecret(folder: string): string {
  const path = join(folder, 'secret');
  try {
    // Under root PostgreSQL runs as another user, which has to pass through the folder; the secret itself is 0600.
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    try {
      if (!existsSync(path)) makeSecret(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const secret = readFileSync(path, 'utf8').trim();
    if (secret.length < secretBytes)
      throw new OperatorError(`The secret in ${path} is too short.`, 'Restore it from a backup.');
    return secret;
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC') {
      throw new OperatorError(`The disk that holds ${folder} is full.`, 'Free some space and start again.', { cause });
    }
    throw new OperatorError(
      `The secret cannot be kept in ${path} (${code}).`,
      'Make the folder writable, name another in DAYMARK_DATA, or set DAYMARK_SECRET.',
      { cause },
    );
  }
}

/** Written beside its place and given its name when it is whole: another process that starts must not read half of it. Throws EEXIST. */
function makeSecret(path: string): void {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, `${randomBytes(secretBytes).toString('base64url')}\n`, { mode: 0o600, flush: true });
    nameWhole(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function nameWhole(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // A file system without links: the copy refuses a file that is there, too.
    copyFileSync(draft, path, constants.COPYFILE_EXCL);
  }
}
