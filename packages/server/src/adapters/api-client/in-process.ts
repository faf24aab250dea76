/** The API in this process, without a network: requests meet the same guards and handlers as those that come over one. */
import type { Edge } from '../../kit/http/edge.ts';
import {
  type ApiClient,
  type ApiOutcome,
  apiAnswerBytesMax,
  apiTimeout_ms,
  readAnswer,
  writeRequest,
} from '../../ports/api-client.ts';

export function inProcessApi(http: Pick<Edge, 'inject'>): ApiClient {
  return {
    async request(request) {
      const { method, path, headers, body } = writeRequest(request);
      request.signal?.throwIfAborted();
      const answered = http
        .inject({ method, url: path, headers, ...(body !== undefined && { payload: body }) })
        .then((answer): ApiOutcome => {
          const { rawPayload } = answer;
          if (rawPayload.length > apiAnswerBytesMax) return unavailable('the answer is too large');
          return readAnswer(answer.statusCode, answer.headers, rawPayload);
        })
        .catch((error: Error) => unavailable(error.message));
      return await untilGivenUp(answered, request.signal);
    },
  };
}

const unavailable = (reason: string): ApiOutcome => ({ outcome: 'unavailable', reason });

/** A handler that was begun cannot be stopped; nobody waits for it any more. */
async function untilGivenUp(answered: Promise<ApiOutcome>, signal: AbortSignal | undefined): Promise<ApiOutcome> {
  const ended = new AbortController();
  const { promise: late, resolve, reject } = Promise.withResolvers<ApiOutcome>();
  const timer = setTimeout(() => resolve(unavailable('no answer within the time limit')), apiTimeout_ms);
  signal?.addEventListener('abort', () => reject(signal.reason), { signal: ended.signal });
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}
