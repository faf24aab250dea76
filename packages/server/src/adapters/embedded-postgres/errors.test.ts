import { expect, test } from 'vitest';
import { EmbeddedPostgresError, explainFailure } from './errors.ts';

const where = { doing: 'Starting PostgreSQL', folder: '/srv/data' };

test.each([
  [Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })],
  ['PANIC:  could not write to file "pg_wal/xlogtemp.12": No space left on device'],
  ['initdb: error: could not create directory "/srv/data/postgres.new/base": Disk quota exceeded'],
])('a full disk is named as such, whoever noticed it: %s', (cause) => {
  expect(explainFailure(cause, where)).toMatchObject({
    code: 'disk_full',
    message: 'The disk that holds /srv/data is full. Free some space and start again.',
  });
});

test.each(['EACCES', 'EROFS', 'EEXIST'])('a folder that cannot be written is named with what to do: %s', (code) => {
  const cause = Object.assign(new Error('mkdir'), { code });
  expect(explainFailure(cause, where)).toMatchObject({ code: 'folder_not_writable', cause });
});

test('what is not known is one line with the last words of the program', () => {
  const { code, message } = explainFailure('LOG:  one\n  FATAL:  two\n', where);
  expect(code).toBe('start_failed');
  expect(message).toBe(
    'Starting PostgreSQL failed: LOG:  one · FATAL:  two. To use a PostgreSQL of your own, set DATABASE_URL.',
  );
});

test('an error that is already explained stays as it is', () => {
  const known = new EmbeddedPostgresError('other_major', 'Other.');
  expect(explainFailure(known, where)).toBe(known);
});
