import type { Invitation } from '@daymark/core/contract/space.ts';
import { useState } from 'react';
import { useDaymark } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { Button } from '../../components/controls/button.tsx';
import { FormProblem, SelectField } from '../../components/controls/field.tsx';
import { shortDate } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { localMoment } from '../../text/zone-time.ts';
import { useSubmit } from '../account.tsx';
import { SecretBox } from './secret-box.tsx';
import style from './settings.module.css';
import { useFetched, useRun } from './use-fetched.ts';

const usesOffered = [1, 5, 20, 100];

/** Links by which people come into the space. A link is shown once, and counts its uses. */
export function SpaceInvitations({ spaceId }: { spaceId: string }) {
  const { api } = useDaymark();
  const place = usePlace();
  const run = useRun();
  const path = `/api/v1/spaces/${spaceId}/invitations`;
  const invitations = useFetched<Invitation>((fetch) => fetch({ method: 'GET', path }), spaceId);
  const [role, setRole] = useState<'editor' | 'viewer'>('editor');
  const [uses, setUses] = useState(1);
  const [link, setLink] = useState<string | null>(null);
  const form = useSubmit(async () => {
    const made = await api<Invitation>({ method: 'POST', path, body: { role, uses_max: uses } });
    setLink(made.token ? `${location.origin}/join/${made.token}` : (made.url ?? null));
    invitations.reload();
  });
  const day = (instant: string) => shortDate(localMoment(instant, place.zone).date, place);
  return (
    <section className={style.section}>
      <h2 className={style.heading}>{words.settings.invite}</h2>
      {link ? (
        <SecretBox note={words.settings.inviteOnce} secret={link} onDone={() => setLink(null)} />
      ) : (
        <form className={style.form} onSubmit={form.onSubmit}>
          <div className={style.pair}>
            <SelectField
              label={words.settings.inviteAs}
              value={role}
              note={words.roleMeaning[role]}
              onChange={(event) => setRole(event.target.value as 'editor' | 'viewer')}
            >
              <option value="editor">{words.roles.editor}</option>
              <option value="viewer">{words.roles.viewer}</option>
            </SelectField>
            <SelectField
              label={words.settings.inviteUses}
              value={uses}
              onChange={(event) => setUses(Number(event.target.value))}
            >
              {usesOffered.map((number) => (
                <option key={number} value={number}>
                  {words.settings.invitePeople(number)}
                </option>
              ))}
            </SelectField>
          </div>
          <FormProblem text={form.problem} />
          <div className={style.buttons}>
            <Button type="submit" kind="primary" disabled={form.busy}>
              {words.settings.inviteCreate}
            </Button>
          </div>
        </form>
      )}
      {invitations.items && invitations.items.length > 0 && (
        <>
          <h3 className={style.legend}>{words.settings.invitations}</h3>
          <ul className={style.rows}>
            {invitations.items.map((one) => (
              <li key={one.id} className={style.row}>
                <div className={style.rowText}>
                  <p className={style.rowName}>{words.roles[one.role]}</p>
                  <p className={style.rowNote}>
                    {words.settings.inviteOpen(one.uses, one.uses_max, day(one.expires_at))}
                  </p>
                </div>
                <Button
                  small
                  onClick={() => run(() => api({ method: 'DELETE', path: `${path}/${one.id}` }), invitations.reload)}
                >
                  {words.settings.inviteRevoke}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
