import { spawn } from 'node:child_process';
import type { Account } from './account.ts';

/**
 * Starts one of PostgreSQL's programs under the account, in a session of its own: Ctrl-C in a terminal must reach the
 * program that drains, not the database below it. Its environment is not ours, because PGDATA,
 * PGPORT and their like would be obeyed.
 */
export function spawnAs(account: Account, program: string, args: string[]) {
  const environment = { cwd: '/', detached: true, env: { PATH: '/usr/local/bin:/usr/bin:/bin' } };
  const stdio: ['pipe', 'pipe', 'pipe'] = ['pipe', 'pipe', 'pipe'];
  if (account.wrapper) {
    const [command, ...before] = account.wrapper;
    return spawn(command, [...before, program, ...args], { ...environment, stdio });
  }
  return spawn(program, args, { ...environment, ...account.ids, stdio });
}
