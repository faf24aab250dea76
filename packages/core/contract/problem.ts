/** How every failure is answered: `application/problem+json` (RFC 9457) with a stable code. */
import { z } from 'zod';
import { type ErrorCode, errorKinds } from './errors.ts';

export const problemContentType = 'application/problem+json';

/** When to try again after a 503 that does not know better. */
const unavailableRetryAfter_s = 2;

/** One field that was refused. `path` is dotted, with indexes as numbers: `reminders.0.at`; empty for the whole. */
export const FieldError = z.object({ path: z.string(), message: z.string() }).meta({ id: 'FieldError' });
export type FieldError = z.infer<typeof FieldError>;

/** The body of an error answer. Some codes add fields of their own, as the registry says. */
export const ProblemBody = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(errorKinds) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    errors: z.array(FieldError).optional(),
    request_id: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemBody = z.infer<typeof ProblemBody>;

export interface ProblemOptions {
  /** The refused fields, for `validation_failed`. */
  readonly errors?: readonly FieldError[];
  /** Further members of the body, such as the current resource for `version_conflict`. */
  readonly extras?: Readonly<Record<string, unknown>>;
  /** When a client may try again; sent as `Retry-After`. */
  readonly retryAfter_s?: number;
  readonly cause?: unknown;
}

/** A failure that the caller is told about. Anything else that is thrown is a fault of ours and answered as `internal`. */
export class Problem extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly extras: Readonly<Record<string, unknown>> | undefined;
  readonly retryAfter_s: number | undefined;

  /** `detail` is a plain sentence about this occurrence; without it the title of the code is used. */
  constructor(code: ErrorCode, detail?: string, options: ProblemOptions = {}) {
    super(detail ?? `${errorKinds[code].title}.`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.status = errorKinds[code].status;
    this.errors = options.errors;
    this.extras = options.extras;
    this.retryAfter_s = options.retryAfter_s ?? (this.status === 503 ? unavailableRetryAfter_s : undefined);
  }
}

/** The wire form of a problem. `requestId` is left out where one problem stands inside another answer, as in bulk results. */
export function problemBody(problem: Problem, requestId?: string): ProblemBody {
  return {
    type: `urn:daymark:problem:${problem.code}`,
    title: errorKinds[problem.code].title,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...(problem.errors && { errors: [...problem.errors] }),
    ...problem.extras,
    ...(requestId !== undefined && { request_id: requestId }),
  };
}
