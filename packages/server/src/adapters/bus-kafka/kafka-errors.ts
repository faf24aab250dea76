/**
 * What an error of the Kafka client says. The client wraps the reason in layers ("produce failed 31 times."); here the reasons come
 * out, as one line for the log, and as advice where the operator can mend it.
 */
import { OperatorError } from '../../kit/operator-error.ts';
import type { KafkaConnection } from './connection.ts';

interface Failure {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  /** The protocol's own name of what a broker answered. */
  readonly apiId?: unknown;
  readonly errors?: unknown;
  readonly cause?: unknown;
}

const reasonsMax = 3;
const depthMax = 8;

/** The errors that lie at the bottom: those without further reasons. */
export function reasonsOf(error: unknown, depth = 0): Failure[] {
  const { errors, cause } = (error ?? {}) as Failure;
  const below = Array.isArray(errors) && errors.length > 0 ? errors : cause instanceof Error ? [cause] : [];
  if (below.length === 0 || depth >= depthMax) return [(error ?? {}) as Failure];
  return below.flatMap((each) => reasonsOf(each, depth + 1));
}

const has = (error: unknown, apiIds: ReadonlySet<unknown>): boolean =>
  reasonsOf(error).some(({ apiId }) => apiIds.has(apiId));

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const refused = new Set(['TOPIC_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED']);
const exists = new Set(['TOPIC_ALREADY_EXISTS']);

/** The broker will never take it as it is. */
export const isTooLarge = (error: unknown): boolean => has(error, tooLarge);
/** The login lacks a right. */
export const isRefused = (error: unknown): boolean => has(error, refused);
export const isTopicThere = (error: unknown): boolean => has(error, exists);

/** One line: the reasons, each once. */
export function reasonText(error: unknown): string {
  const texts = reasonsOf(error).map(({ apiId, code, message }) => {
    const text = String(message ?? error)
      .replaceAll(/\s+/g, ' ')
      .trim();
    const name =
      apiId ?? (typeof code === 'string' && !text.includes(code) && !code.startsWith('PLT_KFK') ? code : undefined);
    return name === undefined ? text : `${name}: ${text}`;
  });
  return [...new Set(texts)].slice(-reasonsMax).join('; ');
}

/** The error as the log and callers get it: a message that says why. */
export const readableError = (doing: string, error: unknown): Error =>
  new Error(`${doing}: ${reasonText(error)}`, { cause: error });

const untrusted = /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_|ERR_TLS_CERT_ALTNAME)/;
const certificateWanted = /ALERT_CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE|ALERT_HANDSHAKE_FAILURE|ALERT_UNKNOWN_CA/;
const noTls = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/;
const mechanisms = new Set(['UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE']);

/**
 * The advice where waiting does not help: a password, a certificate or a right is wrong. Undefined where the brokers may only be
 * down. It never holds what is secret.
 */
export function adviceFor(error: unknown, connection: KafkaConnection): OperatorError | undefined {
  const advise = (message: string, remedy: string) =>
    new OperatorError(`Kafka at ${connection.brokers.join(',')} ${message} (${reasonText(error)}).`, remedy, {
      cause: error,
    });
  for (const { code, apiId, message } of reasonsOf(error)) {
    const named = typeof code === 'string' ? code : '';
    const text = String(message);
    if (mechanisms.has(String(apiId)) || /suitable SASL mechanism/.test(text)) {
      return advise('does not take this way to sign in', 'Set DAYMARK_KAFKA_SASL_MECHANISM to one that it offers.');
    }
    if (
      named === 'PLT_KFK_AUTHENTICATION' ||
      apiId === 'SASL_AUTHENTICATION_FAILED' ||
      /^(SASL )?[Aa]uthentication failed/.test(text)
    ) {
      return advise('refuses the login', 'Check DAYMARK_KAFKA_SASL_USERNAME and DAYMARK_KAFKA_SASL_PASSWORD.');
    }
    if (untrusted.test(named)) {
      return advise(
        'shows a certificate that is not trusted',
        'Set DAYMARK_KAFKA_TLS_CA to the certificate of its authority.',
      );
    }
    if (certificateWanted.test(named)) {
      return advise('wants a certificate of this client', 'Set DAYMARK_KAFKA_TLS_CERT and DAYMARK_KAFKA_TLS_KEY.');
    }
    if (noTls.test(named) || /verify the broker supports TLS/.test(text)) {
      return advise(
        'does not speak TLS',
        'Set DAYMARK_KAFKA_TLS=off, or name its port with TLS in DAYMARK_KAFKA_BROKERS.',
      );
    }
    if (refused.has(String(apiId))) {
      return advise('lets this login not do what is needed', 'Give it the rights of docs/operations/engines.md.');
    }
  }
  return undefined;
}

/** The advice when no broker has answered in all the time there was. */
export function adviceForSilence(error: unknown, connection: KafkaConnection): OperatorError {
  const reason = reasonText(error);
  const where = connection.brokers.join(',');
  // Brokers do not say what they miss in a client that does not sign in, or shows no certificate.
  if (/Connection closed/.test(reason)) {
    const missing = [
      ...(connection.sasl ? [] : ['DAYMARK_KAFKA_SASL_MECHANISM']),
      ...(connection.tls ? [] : ['DAYMARK_KAFKA_TLS']),
      ...(connection.tls?.cert ? [] : ['DAYMARK_KAFKA_TLS_CERT']),
    ];
    const remedy = `They may want more of this client than it has: ${missing.join(', ')}.`;
    return new OperatorError(`Kafka at ${where} takes connections and closes them.`, remedy, { cause: error });
  }
  const remedy = 'Check DAYMARK_KAFKA_BROKERS and DAYMARK_KAFKA_TLS, and that the brokers run.';
  return new OperatorError(`No Kafka broker answers at ${where} (${reason}).`, remedy, { cause: error });
}
