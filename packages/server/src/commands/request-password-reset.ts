/** A person who is not signed in asks for a link by mail, with which to choose a new password. */
import { randomUUIDv7 } from 'node:crypto';
import { findUserByEmail } from '../store/admin-users.ts';
import { holdMailsTo, insertMail, type MailContent, mailsLately, mailsWake } from '../store/outgoing-mails.ts';
import { findProfile } from '../store/people.ts';
import { type AccountDeps, type Asker, logged } from './account-deps.ts';
import { makeResetLink } from './change-account.ts';
import { resetMail } from './mail-texts.ts';

/** More to one address within an hour are passed over in silence, so that nobody's mailbox is filled. */
const mailsPerAddressMax = 3;
const window_h = 1;

/** Notes the request. Whether there is such an account is looked at when the mail is sent: nobody learns it here, not even by the time it takes. */
export async function requestPasswordReset(
  deps: Pick<AccountDeps, 'auth' | 'worker' | 'log'>,
  email: string,
  asker: Asker,
): Promise<void> {
  const work = () =>
    deps.auth.transaction(async (sql) => {
      await holdMailsTo(sql, email);
      const { ofAddress } = await mailsLately(sql, email, null, window_h);
      if (ofAddress >= mailsPerAddressMax) return;
      const mail = {
        id: randomUUIDv7(),
        kind: 'password_reset',
        address: email,
        askedBy: null,
        content: null,
      } as const;
      await insertMail(sql, mail);
    });
  await logged(deps.log, 'password_reset_request', asker, work, () => undefined);
  deps.worker.wakes.changed([mailsWake]);
}

/**
 * What the mail says, with a new link; null where there is no account. `origin` is where people reach the server. Throws while that
 * is not known: without its link the mail says nothing, so it is tried again.
 */
export async function prepareResetMail(
  deps: Pick<AccountDeps, 'accounts' | 'auth' | 'worker'>,
  email: string,
  { origin }: { origin: string | null },
): Promise<MailContent | null> {
  if (origin === null) throw new Error('the address of the server is not known yet');
  const userId = await findUserByEmail(deps.auth.sql, email);
  const person = userId === undefined ? undefined : await findProfile(deps.worker.db.sql, userId);
  if (!person) return null;
  return resetMail(person, await makeResetLink(deps, person.id, { origin }));
}
