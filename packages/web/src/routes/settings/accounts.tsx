import type { AdminUser } from '@daymark/core/contract/account.ts';
import { useDaymark, useMe } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { FormProblem } from '../../components/controls/field.tsx';
import { words } from '../../text/words.ts';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';
import { useFetched, useRun } from './use-fetched.ts';

/** For administrators: who has an account. Nobody's tasks are shown here. */
export function AccountsScreen() {
  const { api } = useDaymark();
  const me = useMe();
  const run = useRun();
  const { items, problem, reload } = useFetched<AdminUser>(
    (fetch) => fetch({ method: 'GET', path: '/api/v1/admin/users', query: { limit: 500 } }),
    'accounts',
  );
  const set = (id: string, disabled: boolean): void =>
    run(() => api({ method: 'PATCH', path: `/api/v1/admin/users/${id}`, body: { disabled } }), reload);
  return (
    <SettingsPage title={words.settings.accounts} note={words.settings.accountsNote}>
      <FormProblem text={problem} />
      <ul className={style.rows}>
        {items?.map((account) => (
          <li key={account.id} className={style.row}>
            <div className={style.rowText}>
              <p className={style.rowName} dir="auto">
                {account.name}
              </p>
              <p className={style.rowNote}>
                {[
                  account.email,
                  account.is_administrator ? words.settings.accountAdmin : '',
                  account.disabled ? words.settings.accountDisabled : '',
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
            </div>
            {account.id !== me.id && (
              <Button
                small
                kind={account.disabled ? 'plain' : 'danger'}
                onClick={() => set(account.id, !account.disabled)}
              >
                {account.disabled ? words.settings.accountEnable : words.settings.accountDisable}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </SettingsPage>
  );
}
