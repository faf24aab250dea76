/** What can go wrong with the embedded PostgreSQL. Each message is one line that ends with what to do about it. */

export type EmbeddedPostgresCode =
  | 'unsupported_platform'
  | 'binaries_missing'
  | 'folder_not_writable'
  | 'folder_in_use'
  | 'folder_unreachable'
  | 'disk_full'
  | 'other_major'
  | 'password_refused'
  | 'start_failed'
  | 'gave_up';

export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresCode;

  constructor(code: EmbeddedPostgresCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}

const NO_SPACE = /no space left on device|ENOSPC|disk quota exceeded|EDQUOT/i;
const DETAIL_CHARACTERS_MAX = 400;

/**
 * Turns a failure of the file system or of a PostgreSQL program into an error with a remedy.
 * `cause` is an `Error` or what the program printed; `doing` completes the sentence "… failed".
 */
export function explainFailure(cause: unknown, { doing, folder }: { doing: string; folder: string }) {
  if (cause instanceof EmbeddedPostgresError) return cause;
  const text = (cause instanceof Error ? cause.message : String(cause)).trim();
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (NO_SPACE.test(text) || NO_SPACE.test(code)) {
    return new EmbeddedPostgresError(
      'disk_full',
      `The disk that holds ${folder} is full. Free some space and start again.`,
      { cause },
    );
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code)) {
    return new EmbeddedPostgresError(
      'folder_not_writable',
      `The data folder ${folder} cannot be written (${code}). Change its owner, or name another folder in DAYMARK_DATA.`,
      { cause },
    );
  }
  const detail = text.replaceAll(/\s*\n\s*/g, ' · ').slice(-DETAIL_CHARACTERS_MAX);
  return new EmbeddedPostgresError(
    'start_failed',
    `${doing} failed: ${detail || 'it said nothing'}. To use a PostgreSQL of your own, set DATABASE_URL.`,
    { cause },
  );
}
