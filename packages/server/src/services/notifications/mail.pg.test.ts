import { spawn } from 'node:child_process';
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AccountsApp, openAccountsApp, password } from '../../../test/accounts-app.ts';
import { until } from '../../../test/bus-effects.ts';
import { startSmtpPeer } from '../../../test/peers/smtp-peer.ts';
import { smtpChannel } from '../../adapters/smtp/smtp-channel.ts';
import { parseSmtpUrl, type SmtpServer } from '../../adapters/smtp/smtp-url.ts';
import { prepareResetMail } from '../../commands/request-password-reset.ts';
import { noFailPoints } from '../../kit/fail-point.ts';
import type { Running } from '../../kit/running.ts';
import { endClaims } from '../../store/delivery-ledger.ts';
import { claimMails, insertMail, keepMailContent, storeMail } from '../../store/outgoing-mails.ts';
import { startNotifications } from './notifications-module.ts';

const origin = 'https://tasks.example.org';
let app: AccountsApp;
let peer: Awaited<ReturnType<typeof startSmtpPeer>>;
let running: Running;
let refusal: number | undefined;

function startSenders(): Promise<Running> {
  const server = parseSmtpUrl(peer.url) as SmtpServer;
  return startNotifications(
    {
      ...{ commands: app.spine.worker, log: app.deps.log, wakes: app.spine.wakes, workerUrl: app.spine.urls.worker },
      ...{
        failPoints: noFailPoints,
        origin: () => origin,
        onHandedOver: () => {},
        onRecorded: () => {},
        onCircuits: () => {},
        random: () => 0,
      },
      prepareReset: (address) => prepareResetMail(app.deps, address, { origin }),
    },
    { email: smtpChannel({ server, from: { name: 'Daymark', address: 'daymark@example.org' } }) },
  );
}

beforeAll(async () => {
  app = await openAccountsApp({ sendsMail: true, publicUrl: origin });
  peer = await startSmtpPeer({ refuseData: () => refusal });
  running = await startSenders();
});
beforeEach(() => {
  refusal = undefined;
});
afterAll(async () => {
  await running.stop();
  await peer.stop();
  await app.close();
});

interface MailRow {
  state: string;
  reason: string | null;
  content: unknown;
  attempts: number;
}

const mailsTo = (address: string) =>
  app.owner.rows<MailRow>(
    'select state, reason, content, attempts from outgoing_mails where address = $1 order by created_at, id',
    [address],
  );
const receivedBy = (address: string) => peer.received.filter(({ envelope }) => envelope.to.includes(address));
const linkIn = (text: string | undefined): string => /https:\/\/\S+/.exec(text ?? '')?.[0] ?? '';
const ask = (email: string) => app.call('POST', '/api/auth/request-password-reset', { body: { email } });

test('a forgotten password is chosen anew by a link that comes by mail, and the text is kept nowhere', async () => {
  const ada = await app.signUp('Ada');
  expect((await ask(ada.email)).body).toEqual({ success: true });
  await until('the mail is sent', async () => (await mailsTo(ada.email))[0]?.state === 'sent');
  const [mail] = receivedBy(ada.email);
  expect(mail?.mail.subject).toBe('Choose a new password');
  expect((await mailsTo(ada.email))[0]?.content).toBeNull();
  const link = new URL(linkIn(mail?.mail.text));
  expect(link.origin + link.pathname).toBe(`${origin}/reset-password`);
  const body = { token: link.searchParams.get('token'), new_password: 'a quite different one' };
  expect((await app.call('POST', '/api/auth/reset-password', { body })).status).toBe(200);
  const signIn = (typed: string) =>
    app.call('POST', '/api/auth/sign-in/email', { body: { email: ada.email, password: typed } });
  expect((await signIn(password)).status).toBe(401);
  expect((await signIn('a quite different one')).status).toBe(200);
});

test('who asks for an address without an account gets the same answer, and no mail is sent', async () => {
  expect(await ask('nobody@example.org')).toMatchObject({ status: 200, body: { success: true } });
  await until('it is settled', async () => (await mailsTo('nobody@example.org'))[0]?.state === 'suppressed');
  expect(receivedBy('nobody@example.org')).toHaveLength(0);
});

test('one mailbox is not filled: a fourth request within the hour is answered alike and sends nothing', async () => {
  const bob = await app.signUp('Bob');
  for (let count = 0; count < 5; count++) expect((await ask(bob.email)).status).toBe(200);
  expect(await mailsTo(bob.email)).toHaveLength(3);
});

test('a mail server that is busy gets the same mail again, with the same link', async () => {
  const cleo = await app.signUp('Cleo');
  refusal = 451;
  await ask(cleo.email);
  await until('it has failed', async () => ((await mailsTo(cleo.email))[0]?.attempts ?? 0) >= 2);
  const [waiting] = await mailsTo(cleo.email);
  const link = linkIn(JSON.stringify(waiting?.content).replaceAll('"', ' '));
  refusal = undefined;
  await until('it is sent', async () => (await mailsTo(cleo.email))[0]?.state === 'sent');
  expect(linkIn(receivedBy(cleo.email)[0]?.mail.text)).toBe(link);
});

test('an invitation with an address is sent there, and its link lets in', async () => {
  const dora = await app.signUp('Dora');
  const space = await app.call('POST', '/api/v1/spaces', { token: dora.token, body: { name: 'Garden' } });
  const url = `/api/v1/spaces/${space.body.id}/invitations`;
  const made = await app.call('POST', url, { token: dora.token, body: { email: 'Eva@example.org' } });
  expect(made.status).toBe(201);
  await until('the mail is sent', async () => (await mailsTo('eva@example.org'))[0]?.state === 'sent');
  const [mail] = receivedBy('eva@example.org');
  expect(mail?.mail.subject).toBe('Dora invites you to Garden');
  expect(linkIn(mail?.mail.text)).toBe(made.body.url);
  const eva = await app.signUp('Eva');
  const token = made.body.url.split('/').at(-1);
  expect((await app.call('POST', `/api/v1/invitations/${token}/accept`, { token: eva.token })).status).toBe(200);
});

test('nobody sends invitations without end: what is beyond the limit makes no invitation', async () => {
  const finn = await app.signUp('Finn');
  const space = await app.call('POST', '/api/v1/spaces', { token: finn.token, body: { name: 'Spam' } });
  const url = `/api/v1/spaces/${space.body.id}/invitations`;
  const invite = () => app.call('POST', url, { token: finn.token, body: { email: 'victim@example.org' } });
  for (let count = 0; count < 10; count++) expect((await invite()).status).toBe(201);
  expect(await invite()).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  const open = await app.call('GET', url, { token: finn.token });
  expect(open.body.items).toHaveLength(10);
});

test('a sender that dies with a mail is followed by another soon, and not only when its lease is over', async () => {
  const gail = await app.signUp('Gail');
  await running.stop();
  const child = spawn(process.execPath, [childPath, app.spine.urls.worker], { stdio: 'inherit' });
  await ask(gail.email);
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
  expect((await mailsTo(gail.email))[0]?.state).toBe('claimed');
  running = await startSenders();
  await until('the mail is sent', async () => (await mailsTo(gail.email))[0]?.state === 'sent');
  expect(receivedBy(gail.email)).toHaveLength(1);
});

test('who lost the claim on a mail neither keeps its text nor takes it from the one who has it now', async () => {
  await running.stop();
  const { worker } = app.spine.databases;
  const id = randomUUIDv7();
  const holders = { old: randomUUID(), now: randomUUID() };
  const content = { name: null, subject: 'Choose', text: 'a link', url: 'https://tasks.example.org/' };
  await insertMail(worker.sql, {
    ...{ id, kind: 'password_reset', address: 'hal@example.org', askedBy: null, content: null },
  });
  const claim = { lease_ms: 60_000, limit: 10 };
  await claimMails(worker.sql, { ...claim, holder: holders.old });
  await endClaims(worker.sql, 'outgoing_mails', { gone: [holders.old], busyWith: [], limit: 10 });
  // The moment of the next try is rounded to milliseconds, and may be half a one ahead.
  await until(
    'it is claimed',
    async () => (await claimMails(worker.sql, { ...claim, holder: holders.now })).length > 0,
  );
  await storeMail(worker.sql, { id, holder: holders.old, state: 'failed', reason: 'cut off', pause_ms: 0 });
  expect((await mailsTo('hal@example.org'))[0]).toMatchObject({ state: 'claimed', attempts: 2 });
  await storeMail(worker.sql, { id, holder: holders.now, state: 'sent', reason: null, pause_ms: 0 });
  expect(await keepMailContent(worker.sql, id, holders.old, content)).toBe(0);
  expect((await mailsTo('hal@example.org'))[0]).toMatchObject({ state: 'sent', content: null });
  running = await startSenders();
});

test('who asks for a link has not to wait for a poll', async () => {
  const ivy = await app.signUp('Ivy');
  let rung = 0;
  const unsubscribe = app.spine.wakes.subscribe(() => {
    rung += 1;
  });
  await ask(ivy.email);
  await until('the senders are rung', () => rung > 0);
  unsubscribe();
});

const childPath = new URL('../../../test/mail-child.ts', import.meta.url).pathname;
