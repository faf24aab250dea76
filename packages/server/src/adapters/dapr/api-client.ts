/**
 * The API of another application, through the sidecars of both. Status and body of the API pass through. What a sidecar says itself has
 * Dapr's form and never that of the API, whose errors are problems: so an unknown application and a dead one are told from an answer. Dapr
 * tries a callee that does not listen three times, a second apart, before it says so.
 */
import { postFailure } from '../../kit/guarded-fetch.ts';
import { AnswerTooLarge, type HttpAnswer } from '../../kit/http-client.ts';
import { type ApiClient, apiAnswerBytesMax, apiTimeout_ms, readAnswer, writeRequest } from '../../ports/api-client.ts';
import { refusalOf, type Sidecar } from './sidecar.ts';

export function daprApi(sidecar: Sidecar, appId: string): ApiClient {
  return {
    async request(request) {
      const { method, path, headers, body } = writeRequest(request);
      const { signal } = request;
      const place = `/v1.0/invoke/${encodeURIComponent(appId)}/method${path}`;
      try {
        const limits = { timeout_ms: apiTimeout_ms, answerBytesMax: apiAnswerBytesMax, signal };
        const answer = await sidecar.call({ method, path: place, headers, body, ...limits });
        const reason = refusalBySidecar(answer);
        if (reason !== undefined) return { outcome: 'unavailable', reason };
        return readAnswer(answer.status, answer.headers, answer.body);
      } catch (error) {
        signal?.throwIfAborted();
        const reason = error instanceof AnswerTooLarge ? 'the answer is too large' : postFailure(error);
        return { outcome: 'unavailable', reason };
      }
    },
  };
}

/** Why a sidecar did not pass the request on; undefined when it did. */
function refusalBySidecar(answer: HttpAnswer): string | undefined {
  if (answer.status < 400) return undefined;
  const { code, message } = refusalOf(answer);
  if (code.startsWith('ERR_')) return `the sidecar answered ${answer.status} ${code} ${message}`;
  const isProblem = String(answer.headers['content-type'] ?? '').includes('json');
  return isProblem ? undefined : `the sidecar answered ${answer.status} ${message}`;
}
