/**
 * Secrets in a Dapr secret store. That a name is not there is told from a store in trouble by the words of the store, since Dapr answers
 * 500 to both; what is in doubt is an error: a database address that is taken for missing would start a database of its own.
 */
import type { HttpAnswer } from '../../kit/http-client.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { refusalOf, type Sidecar } from './sidecar.ts';

const timeout_ms = 10_000;
const notThere = /not\s?found|not\s?exist|no such|does(n't| not) exist/i;

export function daprSecrets(sidecar: Sidecar, store: string): Secrets {
  return {
    async find(name) {
      const path = `/v1.0/secrets/${encodeURIComponent(store)}/${encodeURIComponent(name)}`;
      let answer: HttpAnswer;
      try {
        answer = await sidecar.call({ method: 'GET', path, timeout_ms });
      } catch (cause) {
        const { message } = cause as Error;
        throw new OperatorError(`The sidecar does not answer for ${name} (${message}).`, 'See its log.', { cause });
      }
      if (answer.status === 200) return valueIn(answer, name) || undefined;
      if (isAbsent(answer)) return undefined;
      throw explained(answer, store, name);
    },
  };
}

/** A secret may be a map of several; then the one of the same name is meant. */
function valueIn({ body }: HttpAnswer, name: string): string {
  const found = JSON.parse(body.toString('utf8')) as Record<string, string>;
  const values = Object.values(found);
  const value = found[name] ?? (values.length === 1 ? values[0] : undefined);
  if (value !== undefined || values.length === 0) return value ?? '';
  throw new OperatorError(
    `The secret ${name} has ${values.length} parts and none of that name.`,
    `Give it one part, or one that is called ${name}.`,
  );
}

/** Not there, or not for this application. */
function isAbsent(answer: HttpAnswer): boolean {
  const { code, message } = refusalOf(answer);
  return answer.status === 204 || answer.status === 403 || (code === 'ERR_SECRET_GET' && notThere.test(message));
}

function explained(answer: HttpAnswer, store: string, name: string): OperatorError {
  const { code, message } = refusalOf(answer);
  if (code === 'ERR_SECRET_STORE_NOT_FOUND' || code === 'ERR_SECRET_STORES_NOT_CONFIGURED') {
    return new OperatorError(
      `The sidecar knows no secret store ${store}.`,
      'Correct DAYMARK_DAPR_SECRET_STORE, or the components of the sidecar.',
    );
  }
  if (answer.status === 401) {
    return new OperatorError('The sidecar refuses the token.', 'Set DAPR_API_TOKEN as in its own environment.');
  }
  return new OperatorError(
    `The secret store ${store} answers ${answer.status} for ${name} (${[code, message].filter(Boolean).join(' ')}).`,
    'See the log of the sidecar.',
  );
}
