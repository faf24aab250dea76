/** The reference page of the error codes, from the registry. */
import { type ErrorKind, errorKinds } from '../../packages/core/contract/errors.ts';

/** The whole page, as it stands in docs/reference/errors.md. */
export function errorsPage(): string {
  const rows: [string, ErrorKind][] = Object.entries(errorKinds);
  return [
    '# Errors',
    '',
    'Every failure is answered with `application/problem+json` (RFC 9457): `{type, title, status, code, detail, errors?, request_id}`.',
    '`code` is stable: programs decide by it. `detail` is for people. `errors` names refused fields as `{path, message}`, the path',
    'dotted: `reminders.0.at`. `request_id` finds the request in the log; it is also in the header `X-Request-Id`.',
    '',
    '| code | status | title | when |',
    '| --- | --- | --- | --- |',
    ...rows.map(([code, { status, title, when }]) => `| \`${code}\` | ${status} | ${title} | ${when} |`),
    '',
    'This page is made by `npm run reference`.',
    '',
  ].join('\n');
}
