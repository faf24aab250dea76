/** Requests to the API of the same origin. An answer that is not 2xx is thrown as an `ApiProblem`. */

import type { ClickTraces } from '../tracing/click-traces.ts';

/** What went wrong, as `application/problem+json` says it. Status 0: the server was not reached. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(status: number, code: string, detail: string, retryAfterMs: number | null = null) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type ApiRequest = {
  method: Method;
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** Repeats of one action carry one key, so that it takes effect once. */
  idempotencyKey?: string;
  ifMatch?: number;
  signal?: AbortSignal;
};

export type Api = <Answer>(request: ApiRequest) => Promise<Answer>;

const timeoutMs = 20_000;

type Problem = { code?: string; detail?: string; title?: string };

async function problemOf(response: Response): Promise<ApiProblem> {
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const detail = problem.detail || problem.title || response.statusText;
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1000 : null;
  return new ApiProblem(response.status, problem.code ?? String(response.status), detail, retryAfterMs);
}

function urlOf(request: ApiRequest): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query.set(key, String(value));
  }
  const text = query.toString();
  return text === '' ? request.path : `${request.path}?${text}`;
}

/**
 * @param onSignedOut called when a request is answered 401, which means that the session has ended.
 * @param traces in which requests belong to the clicks that they follow from.
 */
export function createApi(onSignedOut: () => void, traces: ClickTraces): Api {
  return async <Answer>(request: ApiRequest): Promise<Answer> => {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (request.idempotencyKey) headers['idempotency-key'] = request.idempotencyKey;
    if (request.ifMatch !== undefined) headers['if-match'] = `"${request.ifMatch}"`;
    const traced = traces.request(request.method, request.path);
    if (traced.traceparent) headers.traceparent = traced.traceparent;
    const deadline = AbortSignal.timeout(timeoutMs);
    const response = await fetch(urlOf(request), {
      method: request.method,
      headers,
      credentials: 'same-origin',
      signal: request.signal ? AbortSignal.any([request.signal, deadline]) : deadline,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    }).catch((cause: unknown) => {
      throw new ApiProblem(0, 'unreachable', String(cause));
    });
    traced.answered(response.headers.get('traceresponse'), response.ok);
    if (response.status === 401 && request.path.startsWith('/api/v1/')) onSignedOut();
    if (!response.ok) throw await problemOf(response);
    if (response.status === 204) return undefined as Answer;
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  };
}
