/**
 * The registry of error codes. A code is a promise to clients: it is never renamed and keeps its status.
 * The reference page docs/reference/errors.md is generated from here; a test proves the two equal.
 */

export interface ErrorKind {
  /** HTTP status of the answer. */
  readonly status: number;
  /** The same short sentence for every occurrence. */
  readonly title: string;
  /** When it is answered, and what the client can do; a sentence for the reference page. */
  readonly when: string;
}

export const errorKinds = {
  malformed_request: {
    status: 400,
    title: 'The request cannot be read',
    when: 'The address, a header or the JSON of the body is not well formed. Send it again only after correcting it.',
  },
  validation_failed: {
    status: 400,
    title: 'Some fields are not valid',
    when: 'The request was read but fields do not follow the schema, or text holds the NUL character or half of a character; `errors` names each field.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in first',
    when: 'There is no session cookie and no bearer token, or it has ended, was revoked or is unknown.',
  },
  wrong_credentials: {
    status: 401,
    title: 'E-mail address or password is wrong',
    when: 'At sign-in: there is no account with this address, or its password is another one. Which of both is not told.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    when: 'The caller is known and may see the resource, but the role in the space or the account does not allow this.',
  },
  missing_scope: {
    status: 403,
    title: 'The token lacks a scope',
    when: 'The API token was made without the scope that this operation needs; `scope` names it. The scope `session` means: not by token at all.',
  },
  account_disabled: {
    status: 403,
    title: 'The account is disabled',
    when: 'At sign-in with the right password: an administrator has disabled the account.',
  },
  sign_up_closed: {
    status: 403,
    title: 'Sign-up is closed',
    when: 'This installation takes new people only by invitation: send the token of one along, or ask an administrator.',
  },
  foreign_origin: {
    status: 403,
    title: 'The request comes from another site',
    when: 'A change or a WebSocket was asked for with a session cookie from a page of another origin. List the origin in `DAYMARK_CORS_ORIGINS` if it is wanted.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    when: 'There is no such address or resource, or it lies in a space that the caller does not belong to.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The address does not know this method',
    when: 'The path exists but not for this method; the header `Allow` names those it knows.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long to arrive',
    when: 'Headers or body were not received completely in time.',
  },
  conflict: {
    status: 409,
    title: 'In conflict with what is stored',
    when: 'The change contradicts the present state: a name or an id is taken, or a space would lose its last owner.',
  },
  version_conflict: {
    status: 412,
    title: 'Changed by someone else in the meantime',
    when: '`If-Match` (or `if_match`) names a version that is no longer the current one; `current` holds the resource as it is now.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    when: 'The body exceeds the limit, 1 MiB unless the operation says otherwise; or the change, with the texts before and after it, would take more than 900 KiB in the log.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Send JSON',
    when: 'The body is not of the content type that the operation reads, usually `application/json`.',
  },
  idempotency_mismatch: {
    status: 422,
    title: 'The idempotency key was used for another request',
    when: 'The same `Idempotency-Key` came within 24 hours with a different operation or body. Use a new key.',
  },
  operation_failed: {
    status: 422,
    title: 'One operation failed, nothing was stored',
    when: 'In an atomic bulk request one operation failed; `results` holds its problem and `failed_dependency` for the others.',
  },
  failed_dependency: {
    status: 424,
    title: 'Not done because another operation failed',
    when: 'In an atomic bulk request: this operation was valid, another one was not.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    when: 'The account or the address sent more requests than allowed; `Retry-After` says when to go on.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    when: 'The headers together exceed 16 KiB.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    when: 'A fault in the program. Nothing was stored. The log holds the cause under the `request_id`.',
  },
  unavailable: {
    status: 503,
    title: 'Not available right now',
    when: 'The database does not answer, the process is stopping, or too much is queued. Nothing was stored; try again after `Retry-After`.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;
