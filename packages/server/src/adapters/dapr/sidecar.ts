/**
 * The sidecar beside this process, spoken to in plain HTTP. Each call carries the token and a time limit of its own, because some calls
 * would otherwise hang for half a minute behind a part of Dapr that is down.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpAnswer, type HttpClient, httpClient } from '../../kit/http-client.ts';
import { OperatorError } from '../../kit/operator-error.ts';

/** Dapr's own limit of a body. */
const answerBytesDefaultMax = 4 * 1_048_576;
const healthTimeout_ms = 1_000;
const healthPause_ms = 100;
const messageCharactersMax = 300;

export interface SidecarOptions {
  readonly url: string;
  readonly apiToken: string | undefined;
}

export interface SidecarCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly timeout_ms: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** 4 MiB unless it is given. */
  readonly answerBytesMax?: number;
  /** Sent as it is; `headers` name its type. */
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Sidecar {
  /** Rejects only when no answer came. */
  call(call: SidecarCall): Promise<HttpAnswer>;
  /** The same with a JSON body. */
  send(call: Omit<SidecarCall, 'body' | 'headers'> & { readonly json: unknown }): Promise<HttpAnswer>;
  close(): void;
}

/** An answer of the sidecar that is none of those that a call knows what to do with. */
export class SidecarRefusal extends Error {
  readonly status: number;
  /** Dapr's code, such as `ERR_STATE_STORE_NOT_FOUND`; empty where there was none. */
  readonly code: string;

  constructor(doing: string, answer: HttpAnswer) {
    const { code, message } = refusalOf(answer);
    super(`the sidecar answered ${answer.status} to ${doing}: ${[code, message].filter(Boolean).join(' ')}`);
    this.name = 'SidecarRefusal';
    this.status = answer.status;
    this.code = code;
  }
}

export function openSidecar({ url, apiToken }: SidecarOptions): Sidecar {
  const client: HttpClient = httpClient(url);
  const token = apiToken === undefined ? {} : { 'dapr-api-token': apiToken };
  const call: Sidecar['call'] = ({ headers, ...rest }) =>
    client.request({ answerBytesMax: answerBytesDefaultMax, ...rest, headers: { ...headers, ...token } });
  return {
    call,
    send: ({ json, ...rest }) =>
      call({ ...rest, headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }),
    close: () => client.close(),
  };
}

/** What Dapr says of an error: its code and message, cut; empty where the body is not Dapr's. */
export function refusalOf({ body }: Pick<HttpAnswer, 'body'>): { code: string; message: string } {
  const text = body.toString('utf8');
  try {
    const { errorCode, message } = JSON.parse(text) as { errorCode?: unknown; message?: unknown };
    return { code: wordOf(errorCode), message: wordOf(message) };
  } catch {
    return { code: '', message: text.slice(0, messageCharactersMax).trim() };
  }
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, messageCharactersMax) : '');

/**
 * Resolves when the sidecar can be used. It asks for the health of its outgoing side: the whole of it depends on this process, which
 * would wait for itself. Throws OperatorError after `patience_ms`.
 */
export async function sidecarReady(sidecar: Sidecar, url: string, patience_ms: number): Promise<void> {
  const end = performance.now() + patience_ms;
  let seen = 'nothing answered';
  while (performance.now() < end) {
    try {
      const { status } = await sidecar.call({
        method: 'GET',
        path: '/v1.0/healthz/outbound',
        timeout_ms: healthTimeout_ms,
      });
      if (status === 204) return;
      seen = `it answered ${status}`;
    } catch (error) {
      seen = (error as Error).message;
    }
    await sleep(healthPause_ms);
  }
  throw new OperatorError(
    `The Dapr sidecar at ${url} is not ready after ${Math.round(patience_ms / 1000)} s (${seen}).`,
    'Start it, or correct DAYMARK_DAPR_URL.',
  );
}
