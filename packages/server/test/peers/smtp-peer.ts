/** A real mail server on loopback, whose mail is parsed by a real parser. */
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  /** The local part of the Message-ID. */
  readonly key: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly mail: Email;
  readonly raw: string;
  /** Whether it came over TLS. */
  readonly encrypted: boolean;
}

export interface SmtpPeerOptions {
  /** A reply code in place of acceptance, for the address that is mailed to. */
  readonly refuse?: (recipient: string) => number | undefined;
  /** A reply code in place of acceptance once the whole message is there; 'silent' never answers. */
  readonly refuseData?: () => number | 'silent' | undefined;
  /** Asks for this name and password. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Offers STARTTLS, with the certificate for tests that comes with the server. */
  readonly tls?: boolean;
  readonly port?: number;
}

/** `url` is for DAYMARK_SMTP_URL. */
export async function startSmtpPeer(options: SmtpPeerOptions = {}) {
  const received: ReceivedMail[] = [];
  let connections = 0;
  const settings: SMTPServerOptions = {
    authOptional: options.login === undefined,
    allowInsecureAuth: true,
    disabledCommands: options.tls ? [] : ['STARTTLS'],
    logger: false,
    closeTimeout: 100,
    disableReverseLookup: true,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth({ username, password }, _session, done) {
      const right = username === options.login?.user && password === options.login?.password;
      done(right ? null : replyOf(535), right ? { user: username } : undefined);
    },
    onRcptTo({ address }, _session, done) {
      const code = options.refuse?.(address);
      done(code === undefined ? null : replyOf(code));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const refusal = options.refuseData?.();
        if (refusal === 'silent') return;
        if (refusal !== undefined) return done(replyOf(refusal));
        const raw = Buffer.concat(chunks);
        const mail = await PostalMime.parse(raw);
        const { mailFrom, rcptTo } = session.envelope;
        const encrypted = session.secure;
        const from = mailFrom === false ? '' : mailFrom.address;
        const key = /^<([^@>]+)@/.exec(mail.messageId ?? '')?.[1] ?? '';
        received.push({
          key,
          envelope: { from, to: rcptTo.map((to) => to.address) },
          mail,
          raw: raw.toString('latin1'),
          encrypted,
        });
        done(null, `2.0.0 Ok: queued as M${received.length}`);
      });
    },
  };
  const server = new SMTPServer(settings);
  // A sender that gives up resets its connection: that is what some tests are about.
  server.on('error', () => {});
  const listener = await new Promise<ReturnType<typeof server.listen>>((resolve) => {
    const listening = server.listen(options.port ?? 0, '127.0.0.1', () => resolve(listening));
  });
  const { port } = listener.address() as AddressInfo;
  const login = options.login
    ? `${encodeURIComponent(options.login.user)}:${encodeURIComponent(options.login.password)}@`
    : '';
  return {
    url: `smtp://${login}127.0.0.1:${port}`,
    received,
    connections: () => connections,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const replyOf = (responseCode: number): Error => Object.assign(new Error('5.1.1 not taken'), { responseCode });
