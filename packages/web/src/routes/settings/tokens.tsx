import type { Scope, Token } from '@daymark/core/contract/person.ts';
import { useState } from 'react';
import { useDaymark } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { Button } from '../../components/controls/button.tsx';
import { CheckField, FormProblem, SelectField, TextField } from '../../components/controls/field.tsx';
import { agoText, shortDate } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { localMoment } from '../../text/zone-time.ts';
import { useSubmit } from '../account.tsx';
import { SecretBox } from './secret-box.tsx';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';
import { useFetched, useRun } from './use-fetched.ts';

const dayMs = 86_400_000;
const daysOffered = [7, 30, 90, 365];

export function TokensScreen() {
  const { api, ui } = useDaymark();
  const place = usePlace();
  const run = useRun();
  const { items, problem, reload } = useFetched<Token>(
    (fetch) => fetch({ method: 'GET', path: '/api/v1/tokens' }),
    'tokens',
  );
  const [secret, setSecret] = useState<string | null>(null);
  const revoke = (id: string): void =>
    run(
      () => api({ method: 'DELETE', path: `/api/v1/tokens/${id}` }),
      () => {
        ui.say(words.settings.tokenRevoked);
        reload();
      },
    );
  const usage = (token: Token): string =>
    [
      token.scopes.map((scope) => words.scopes[scope]).join(', '),
      token.expires_at
        ? words.settings.tokenUntil(shortDate(localMoment(token.expires_at, place.zone).date, place))
        : '',
      token.last_used_at ? words.settings.tokenUsed(agoText(token.last_used_at, place)) : words.settings.tokenUnused,
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <SettingsPage title={words.settings.tokens} note={words.settings.tokensNote}>
      {secret ? (
        <SecretBox note={words.settings.tokenOnce} secret={secret} onDone={() => setSecret(null)} />
      ) : (
        <TokenForm
          onCreated={(token) => {
            setSecret(token);
            reload();
          }}
        />
      )}
      <FormProblem text={problem} />
      {items?.length === 0 && <p className={style.rowNote}>{words.settings.tokensNone}</p>}
      {items && items.length > 0 && (
        <ul className={style.rows}>
          {items.map((token) => (
            <li key={token.id} className={style.row}>
              <div className={style.rowText}>
                <p className={style.rowName} dir="auto">
                  {token.name}
                </p>
                <p className={style.rowNote}>{usage(token)}</p>
              </div>
              <Button small onClick={() => revoke(token.id)} aria-label={`${words.settings.tokenRevoke} ${token.name}`}>
                {words.settings.tokenRevoke}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </SettingsPage>
  );
}

function TokenForm({ onCreated }: { onCreated: (token: string) => void }) {
  const { api } = useDaymark();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>(['tasks:read', 'tasks:write']);
  const [days, setDays] = useState<number | null>(90);
  const offered = Object.keys(words.scopes) as Scope[];
  const form = useSubmit(async () => {
    const expires_at = days === null ? null : new Date(Date.now() + days * dayMs).toISOString();
    const token = await api<Token>({
      method: 'POST',
      path: '/api/v1/tokens',
      body: { name: name.trim(), scopes, expires_at },
    });
    if (token.token) onCreated(token.token);
  });
  return (
    <form className={style.form} onSubmit={form.onSubmit}>
      <TextField
        label={words.settings.tokenName}
        value={name}
        required
        maxLength={100}
        autoComplete="off"
        dir="auto"
        onChange={(event) => setName(event.target.value)}
      />
      <fieldset>
        <legend className={style.legend}>{words.settings.tokenScopes}</legend>
        {offered.map((scope) => (
          <CheckField
            key={scope}
            label={words.scopes[scope]}
            checked={scopes.includes(scope)}
            onChange={(event) =>
              setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
            }
          />
        ))}
      </fieldset>
      <SelectField
        label={words.settings.tokenExpires}
        value={days ?? ''}
        onChange={(event) => setDays(event.target.value === '' ? null : Number(event.target.value))}
      >
        {daysOffered.map((number) => (
          <option key={number} value={number}>
            {words.settings.tokenDays(number)}
          </option>
        ))}
        <option value="">{words.settings.tokenNever}</option>
      </SelectField>
      <FormProblem text={form.problem} />
      <div className={style.buttons}>
        <Button kind="primary" type="submit" disabled={form.busy || name.trim() === '' || scopes.length === 0}>
          {words.settings.tokenCreate}
        </Button>
      </div>
    </form>
  );
}
