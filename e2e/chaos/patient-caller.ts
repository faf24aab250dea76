/**
 * Calls of a client that does not give up: the fleet's programs die under its requests, so it asks another one, again and again, with one
 * idempotency key, until it has an answer. It counts the requests that each program has in hand.
 */
import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 100;
const REQUEST_MAX_MS = 10_000;
const CALL_MAX_MS = 120_000;
const FAILURES_KEPT_MAX = 20;

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  /** How often it was asked: more than once when a program died or was down. */
  readonly attempts: number;
}

export interface PatientCaller {
  /** Resolves with the first answer that is not about being down (5xx) or busy (429). Throws after two minutes without one. */
  call<Body = Record<string, unknown>>(
    bearer: string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<Body>>;
  /** Requests to a program that are not answered yet. */
  requestsTo(url: string): number;
  /** How many requests got no answer, or one that the program was down. */
  failedAttempts(): number;
  /** The first of them: what was asked, and what came. */
  firstFailures(): readonly string[];
}

/** Calls the programs of these addresses in turn. */
export function patientCaller(urls: readonly string[]): PatientCaller {
  const outstanding = new Map<string, number>();
  let turn = 0;
  let failed = 0;
  const failures: string[] = [];

  async function attempt(url: string, path: string, request: RequestInit): Promise<{ status: number; text: string }> {
    outstanding.set(url, (outstanding.get(url) ?? 0) + 1);
    try {
      const answer = await fetch(`${url}${path}`, { ...request, signal: AbortSignal.timeout(REQUEST_MAX_MS) });
      return { status: answer.status, text: await answer.text() };
    } finally {
      outstanding.set(url, (outstanding.get(url) ?? 1) - 1);
    }
  }

  return {
    requestsTo: (url) => outstanding.get(url) ?? 0,
    failedAttempts: () => failed,
    firstFailures: () => failures,
    async call(bearer, method, path, body) {
      const headers = {
        ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
        ...(method !== 'GET' && { 'idempotency-key': randomUUIDv7() }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      };
      const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const deadline = performance.now() + CALL_MAX_MS;
      let last = '';
      for (let attempts = 1; performance.now() < deadline; attempts++) {
        const url = urls[turn++ % urls.length] as string;
        try {
          const { status, text } = await attempt(url, path, request);
          if (status < 500 && status !== 429) {
            return { status, body: text === '' ? null : JSON.parse(text), attempts } as never;
          }
          last = `${status} ${text}`;
        } catch (error) {
          last = String((error as Error).cause ?? error);
        }
        failed += 1;
        if (failures.length < FAILURES_KEPT_MAX) failures.push(`${method} ${path}: ${last}`);
        await sleep(RETRY_MS);
      }
      throw new Error(`${method} ${path} has no answer after ${CALL_MAX_MS} ms: ${last}`);
    },
  };
}
