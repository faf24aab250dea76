/** `daymark user`: accounts, for whoever has a shell on the server. */
import { accountOf, changeAccount, makeResetLink } from '../../commands/change-account.ts';
import { listAdminUsers } from '../../store/admin-users.ts';
import type { CommandLine } from './command-line.ts';

const usersAtOnce = 500;
const asSystem = { correlationId: 'command line' };

/** Prints an address where the person chooses a new password, once, within 24 hours. */
export async function userResetLink({ accounts, origin, print }: CommandLine, email: string): Promise<number> {
  const userId = await accountOf(accounts, email);
  print(await makeResetLink(accounts, userId, { origin }));
  return 0;
}

export async function userAdmin({ accounts, print }: CommandLine, email: string): Promise<number> {
  const userId = await accountOf(accounts, email);
  const user = await changeAccount(accounts, 'system', userId, { administrator: true }, asSystem);
  print(`${user.email} is an administrator.`);
  return 0;
}

/** Disabling ends all sessions at once. Throws Problem `conflict` for the last administrator. */
export async function userDisable({ accounts, print }: CommandLine, email: string, disabled: boolean): Promise<number> {
  const userId = await accountOf(accounts, email);
  const user = await changeAccount(accounts, 'system', userId, { disabled }, asSystem);
  print(`${user.email} is ${user.disabled ? 'disabled' : 'enabled'}.`);
  return 0;
}

/** One line for each account, the oldest first. */
export async function userList({ databases, print }: CommandLine): Promise<number> {
  let after: string | null = null;
  for (;;) {
    const users = await listAdminUsers(databases.worker.sql, after, usersAtOnce);
    for (const { id, email, name, is_administrator, disabled, created_at } of users) {
      const marks = [...(is_administrator ? ['administrator'] : []), ...(disabled ? ['disabled'] : [])];
      print([id, created_at, email, name, ...marks].join('  '));
    }
    after = users.at(-1)?.id ?? null;
    if (after === null || users.length < usersAtOnce) return 0;
  }
}
