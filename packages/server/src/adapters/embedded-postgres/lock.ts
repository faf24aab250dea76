/**
 * One program for each data folder. The lock is an exclusive lock of the operating system on the empty file `lock`,
 * taken through SQLite, which Node brings along: the kernel drops it when its process dies, however it dies, so a
 * stale lock cannot exist and a process id that was given again cannot deceive. `lock-holder` only tells people who it is.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { EmbeddedPostgresError, explainFailure } from './errors.ts';
import type { Layout } from './layout.ts';

const SQLITE_BUSY = 5;

export interface FolderLock {
  release(): void;
}

/** Takes the lock of the data folder. Throws `folder_in_use` with the holder's process id when another process has it. */
export function takeFolderLock({ folder, lockFile, holderFile }: Layout): FolderLock {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(lockFile);
    file.exec('begin exclusive');
    writeFileSync(holderFile, `${process.pid}\n`);
  } catch (error) {
    file?.close();
    if (isBusy(error)) throw inUse(folder, holderFile);
    throw explainFailure(asFileError(error), { doing: 'Locking the data folder', folder });
  }
  const held = file;
  return {
    release() {
      if (!held.isOpen) return;
      rmSync(holderFile, { force: true });
      held.close();
    },
  };
}

function isBusy(error: unknown) {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/** SQLite says "unable to open database file" (14) or "readonly" (8) where others say EACCES. */
function asFileError(error: unknown) {
  const unwritable = error instanceof Error && 'errcode' in error && (error.errcode === 14 || error.errcode === 8);
  return unwritable
    ? Object.assign(new Error('the lock file cannot be opened'), { code: 'EACCES', cause: error })
    : error;
}

function inUse(folder: string, holderFile: string) {
  let pid = 'unknown';
  try {
    pid = readFileSync(holderFile, 'utf8').trim() || pid;
  } catch {
    // The holder has locked but not yet written its id; the message does without it.
  }
  return new EmbeddedPostgresError(
    'folder_in_use',
    `Data folder in use by another process (pid ${pid}): ${folder}. Stop that process, or name another folder in DAYMARK_DATA.`,
  );
}
