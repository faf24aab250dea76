/** What a failure of nodemailer means for the message. */
import type { Outcome } from '../../ports/channel.ts';

interface MailFailure {
  readonly code?: string;
  /** The SMTP command that was answered; CONN before the first one. */
  readonly command?: string;
  readonly responseCode?: number;
  /** The line of the server. It may quote the address and the message, so only its codes are told. */
  readonly response?: string;
}

/** Commands whose answer judges the message or its addressee. Before them the server judges us, which an operator can mend. */
const judgingCommands = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
/** Log in first, the login is too weak, the password is wrong, encrypt first. */
const loginReplies = new Set([530, 534, 535, 538]);

/** The server ends the connection, whatever was asked. With 4.3 and 4.4 it speaks of itself and its network, too. */
const closing = 421;

export function mailOutcome(error: unknown): Outcome {
  const { code, command, responseCode, response } = error as MailFailure;
  if (responseCode === undefined) return retry(failures[code ?? ''] ?? 'the connection to the mail server failed');
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1];
  const reason = `the mail server answered ${responseCode}${enhanced ? ` ${enhanced}` : ''} to ${command ?? 'a command'}`;
  const final = responseCode >= 500 && judgingCommands.has(command ?? '') && !loginReplies.has(responseCode);
  if (final) return { kind: 'refused', reason };
  const ofTarget = command === 'RCPT TO' && responseCode !== closing && !/^4\.[34]\./.test(enhanced ?? '');
  return { ...retry(reason), ...(ofTarget && { ofTarget }) };
}

const retry = (reason: string): Outcome => ({ kind: 'retry', reason, retryAfterMs: null });

const failures: Readonly<Record<string, string>> = {
  EABORT: 'the hand-over was cut off',
  ETIMEDOUT: 'the mail server did not answer within the time limit',
  EDNS: 'the name of the mail server could not be resolved',
  ETLS: 'the mail server offers no encryption that can be trusted',
  EAUTH: 'the mail server refused the login',
};
