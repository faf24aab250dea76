/** The API of another process, over HTTP. */
import { postFailure } from '../../kit/guarded-fetch.ts';
import { AnswerTooLarge, httpClient } from '../../kit/http-client.ts';
import { type ApiClient, apiAnswerBytesMax, apiTimeout_ms, readAnswer, writeRequest } from '../../ports/api-client.ts';

/** `origin` is where the API is, such as `http://api:8080`. `close` lets go of the connections. */
export function apiOverHttp(origin: string): ApiClient & { close(): void } {
  const client = httpClient(origin);
  return {
    async request(request) {
      const written = writeRequest(request);
      const limits = { timeout_ms: apiTimeout_ms, answerBytesMax: apiAnswerBytesMax, signal: request.signal };
      try {
        const { status, headers, body } = await client.request({ ...written, ...limits });
        return readAnswer(status, headers, body);
      } catch (error) {
        request.signal?.throwIfAborted();
        const reason = error instanceof AnswerTooLarge ? 'the answer is too large' : postFailure(error);
        return { outcome: 'unavailable', reason };
      }
    },
    close: () => client.close(),
  };
}
