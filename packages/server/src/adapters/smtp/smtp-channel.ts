/**
 * Messages as mail, handed to a mail server over a few kept connections.
 *
 * The Message-ID is made from the key of the message, so that mail servers and mail programs tell a repeated hand-over from a second
 * message. Nothing a person wrote reaches a header or a command but as one encoded line.
 */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { oneLine } from '../../kit/cut-text.ts';
import type { Channel, EmailTarget, Message, Outcome } from '../../ports/channel.ts';
import { isMailAddress, type Mailbox } from './mail-address.ts';
import { mailOutcome } from './mail-outcome.ts';
import { renderMessage } from './render-message.ts';
import type { SmtpServer } from './smtp-url.ts';

const connectionsMax = 4;
const messagesPerConnectionMax = 100;
const connect_ms = 10_000;
const silence_ms = 20_000;
/** Kept connections are given up before servers do that. */
const idle_ms = 60_000;
const send_ms = 60_000;
/** A kept connection may turn out dead before anything of the message was sent; then another one is opened. */
const reconnectsMax = 1;

export interface SmtpOptions {
  readonly server: SmtpServer;
  readonly from: Mailbox;
  /** For the whole hand-over, waiting for a connection included. */
  readonly timeout_ms?: number;
}

export function smtpChannel({ server, from, timeout_ms = send_ms }: SmtpOptions): Channel<EmailTarget> {
  const transport = createTransport({
    pool: true,
    host: server.host,
    port: server.port,
    ...encryption(server.tls),
    ...(server.login === null ? {} : { auth: { user: server.login.user, pass: server.login.password } }),
    maxConnections: connectionsMax,
    maxMessages: messagesPerConnectionMax,
    maxRequeues: reconnectsMax,
    connectionTimeout: connect_ms,
    greetingTimeout: connect_ms,
    dnsTimeout: connect_ms,
    socketTimeout: silence_ms,
    idleTimeout: idle_ms,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const closing = new AbortController();

  return {
    name: 'email',
    async send(target, message, signal): Promise<Outcome> {
      if (!isMailAddress(target.address)) return { kind: 'refused', reason: 'the mail address is malformed' };
      const limit = AbortSignal.timeout(timeout_ms);
      try {
        const { response } = await transport.sendMail({
          ...mailOf(from, target, message),
          signal: AbortSignal.any([signal, closing.signal, limit]),
        });
        return { kind: 'sent', providerId: queueId(response) };
      } catch (error) {
        return mailOutcome(limit.aborted && !signal.aborted ? { code: 'ETIMEDOUT' } : error);
      }
    },
    async close() {
      closing.abort();
      transport.close();
    },
  };
}

function mailOf(from: Mailbox, target: EmailTarget, message: Message) {
  return {
    from: { name: from.name ?? '', address: from.address },
    to: { name: oneLine(target.name ?? ''), address: target.address },
    envelope: { from: from.address, to: [target.address] },
    messageId: `<${localPart(message.key)}@${hostOf(from.address)}>`,
    date: new Date(message.sentAt),
    headers: { 'Auto-Submitted': 'auto-generated' },
    ...renderMessage(message),
  };
}

/** The key as it is where it may stand in a Message-ID, so that it can be searched for; else a digest of it. */
function localPart(key: string): string {
  const isAtom = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(key);
  return isAtom ? key : createHash('sha256').update(key).digest('hex');
}

/** In ASCII, because a Message-ID knows no other letters. */
const hostOf = (address: string): string => new URL(`http://${address.slice(address.indexOf('@') + 1)}`).hostname;

/** Where encryption is only opportunistic, a certificate proves nothing: who could forge it could as well hide STARTTLS. */
function encryption(tls: SmtpServer['tls']) {
  if (tls === 'implicit') return { secure: true };
  if (tls === 'required') return { requireTLS: true };
  if (tls === 'off') return { ignoreTLS: true };
  return { opportunisticTLS: true, tls: { rejectUnauthorized: false } };
}

/** Many servers answer "250 2.0.0 Ok: queued as 4XyZ"; the last word is what an operator finds in their log. */
function queueId(response: string): string | null {
  return /queued as <?([\w.@+-]{1,100})/i.exec(response)?.[1] ?? null;
}
