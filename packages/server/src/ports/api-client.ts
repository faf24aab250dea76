/**
 * How a part of the program without a login of the database acts: through the HTTP API, with the token and so with the rights of the
 * person for whom it acts. What the API answers, refusals too, is an answer; that it cannot be reached, is late or answers more than the
 * limit is `unavailable`, and then it is not known whether a write was done: whoever writes sends an idempotency key and asks again.
 */

export const apiTimeout_ms = 30_000;
export const apiRequestBytesMax = 1_048_576;
/** Below what a sidecar passes on. */
export const apiAnswerBytesMax = 4_000_000;
const pathCharactersMax = 8_000;
const headerCharactersMax = 2_000;

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1/`: names and ids, of letters, digits, `-._~`; what else there is stands in the query, encoded. */
  readonly path: string;
  readonly token: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  /** The caller gives up: the request rejects with its reason, and it is not known what became of it. */
  readonly signal?: AbortSignal;
}

export type ApiOutcome =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      /** By lower-case name. */
      readonly headers: Readonly<Record<string, string>>;
      /** What the JSON says; text where it is none; null where nothing came. */
      readonly body: unknown;
    }
  | { readonly outcome: 'unavailable'; readonly reason: string };

export interface ApiClient {
  /** Throws TypeError for a request that is no request of the API, and the reason of the signal; else it answers an outcome. */
  request(request: ApiRequest): Promise<ApiOutcome>;
}

/** What goes over the wire, for those who carry it. */
export interface WrittenRequest {
  readonly method: ApiRequest['method'];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const printable = /^[\x21-\x7e]+$/;
const placePattern = /^\/api\/v1(\/(?!\.+(\/|$))[A-Za-z0-9._~-]+)+$/;

/** Checks a request and writes it. Throws TypeError; the token is in no message. */
export function writeRequest({ method, path, token, body, idempotencyKey }: ApiRequest): WrittenRequest {
  checkPath(path);
  if (!isHeader(token)) throw new TypeError('not a token');
  if (idempotencyKey !== undefined && !isHeader(idempotencyKey)) throw new TypeError('not an idempotency key');
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (text !== undefined && Buffer.byteLength(text) > apiRequestBytesMax) {
    throw new TypeError(`a body for the API is larger than ${apiRequestBytesMax} bytes`);
  }
  return {
    method,
    path,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    body: text,
  };
}

const isHeader = (text: string): boolean => text.length <= headerCharactersMax && printable.test(text);

/** A path that a server or a sidecar on the way could read as another one is none. */
function checkPath(path: string): void {
  const [place = ''] = path.split('?', 1);
  const isPath =
    path.length <= pathCharactersMax && placePattern.test(place) && printable.test(path) && !path.includes('#');
  if (!isPath) throw new TypeError(`not a path of the API: ${path.slice(0, 100)}`);
}

/** An answer as it is handed on. `headers` with several values of one name have the first. */
export function readAnswer(
  status: number,
  headers: Readonly<Record<string, string | number | readonly string[] | undefined>>,
  body: Buffer,
): ApiOutcome {
  const plain = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), String(Array.isArray(value) ? value[0] : value)] as const],
  );
  const byName = Object.fromEntries(plain);
  const text = body.toString('utf8');
  if (text === '') return { outcome: 'answered', status, headers: byName, body: null };
  if (!/^application\/(\w+\+)?json\b/.test(byName['content-type'] ?? '')) {
    return { outcome: 'answered', status, headers: byName, body: text };
  }
  try {
    return { outcome: 'answered', status, headers: byName, body: JSON.parse(text) };
  } catch {
    return { outcome: 'unavailable', reason: 'the answer is not the JSON that it says it is' };
  }
}
