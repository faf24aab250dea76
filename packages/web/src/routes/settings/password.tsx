import type { PasswordChange } from '@daymark/core/contract/account.ts';
import { useState } from 'react';
import { useDaymark } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { CheckField, FormProblem } from '../../components/controls/field.tsx';
import { words } from '../../text/words.ts';
import { PasswordField, useSubmit } from '../account.tsx';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';

export function PasswordScreen() {
  const { api, ui } = useDaymark();
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const [revokeOtherSessions, setRevoke] = useState(true);
  const form = useSubmit(async () => {
    const body: PasswordChange = {
      current_password: currentPassword,
      new_password: newPassword,
      revoke_other_sessions: revokeOtherSessions,
    };
    await api({ method: 'POST', path: '/api/auth/change-password', body });
    ui.say(words.settings.passwordChanged);
    setCurrent('');
    setNew('');
  });
  return (
    <SettingsPage title={words.settings.passwordChange}>
      <form className={style.form} onSubmit={form.onSubmit}>
        <PasswordField
          label={words.account.currentPassword}
          autoComplete="current-password"
          value={currentPassword}
          onChange={setCurrent}
        />
        <PasswordField
          label={words.account.newPassword}
          note={words.account.passwordHint}
          autoComplete="new-password"
          value={newPassword}
          onChange={setNew}
        />
        <CheckField
          label={words.settings.passwordOthers}
          checked={revokeOtherSessions}
          onChange={(event) => setRevoke(event.target.checked)}
        />
        <FormProblem text={form.problem} />
        <div className={style.buttons}>
          <Button kind="primary" type="submit" disabled={form.busy}>
            {words.settings.passwordChange}
          </Button>
        </div>
      </form>
    </SettingsPage>
  );
}
