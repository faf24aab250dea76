import type { Member, Role, Space } from '@daymark/core/contract/space.ts';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useDaymark, useDaymarkState, useEntities, useMe } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { FormProblem, TextField } from '../../components/controls/field.tsx';
import { Initials } from '../../components/task-row/row-marks.tsx';
import { words } from '../../text/words.ts';
import { useSubmit } from '../account.tsx';
import { NotFoundScreen } from '../not-found.tsx';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';
import { SpaceInvitations } from './space-invitations.tsx';
import { useFetched, useRun } from './use-fetched.ts';

const roles = Object.keys(words.roles) as Role[];

/** One shared space: its name, who is in it, who may come, and the way out. */
export function SpaceScreen() {
  const { spaceId } = useParams({ strict: false }) as { spaceId: string };
  const space = useEntities((entities) => entities.spaces[spaceId]);
  const ready = useDaymarkState((state) => state.ready);
  if (space?.kind !== 'shared') return ready ? <NotFoundScreen /> : null;
  return <SpaceSettings key={space.id} space={space} />;
}

function SpaceSettings({ space }: { space: Space }) {
  const { api, ui, session } = useDaymark();
  const me = useMe();
  const navigate = useNavigate();
  const run = useRun();
  const owner = space.role === 'owner';
  const path = `/api/v1/spaces/${space.id}`;
  const members = useFetched<Member>(
    (fetch) => fetch({ method: 'GET', path: `${path}/members`, query: { limit: 500 } }),
    space.id,
  );

  const setRole = (userId: string, role: Role): void =>
    run(async () => {
      await api({ method: 'PATCH', path: `${path}/members/${userId}`, body: { role } });
      await session.refreshSpaces();
    }, members.reload);

  const remove = (member: Member): void => {
    const dropping = (): void =>
      run(() => api({ method: 'DELETE', path: `${path}/members/${member.user_id}` }), members.reload);
    ui.setState({
      dialog: {
        kind: 'confirm',
        title: words.settings.removeTitle(member.name),
        body: words.settings.removeBody,
        action: words.settings.remove,
        typed: null,
        run: dropping,
      },
    });
  };

  const leave = (): void => {
    const leaving = (): void =>
      run(
        async () => {
          await api({ method: 'DELETE', path: `${path}/members/${me.id}` });
          await session.refreshSpaces();
        },
        () => void navigate({ to: '/settings/spaces' }),
      );
    ui.setState({
      dialog: {
        kind: 'confirm',
        title: words.settings.leaveTitle(space.name),
        body: words.settings.leaveBody,
        action: words.settings.leave,
        typed: space.name,
        run: leaving,
      },
    });
  };

  return (
    <>
      <SettingsPage title={space.name}>
        {owner && <RenameForm space={space} />}
        <h3 className={style.legend}>{words.settings.members}</h3>
        <FormProblem text={members.problem} />
        <ul className={style.rows}>
          {members.items?.map((member) => (
            <li key={member.user_id} className={style.row}>
              <Initials name={member.name} />
              <div className={style.rowText}>
                <p className={style.rowName} dir="auto">
                  {member.name}{' '}
                  {member.user_id === me.id && <span className={style.rowNote}>({words.settings.you})</span>}
                </p>
                <p className={style.rowNote}>{member.email}</p>
              </div>
              {owner ? (
                <select
                  className={style.select}
                  aria-label={`${words.settings.role}: ${member.name}`}
                  value={member.role}
                  onChange={(event) => setRole(member.user_id, event.target.value as Role)}
                >
                  {roles.map((role) => (
                    <option key={role} value={role}>
                      {words.roles[role]}
                    </option>
                  ))}
                </select>
              ) : (
                <span className={style.rowNote}>{words.roles[member.role]}</span>
              )}
              {owner && member.user_id !== me.id && (
                <Button
                  small
                  kind="quiet"
                  onClick={() => remove(member)}
                  aria-label={`${words.settings.remove} ${member.name}`}
                >
                  {words.settings.remove}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </SettingsPage>
      {owner && <SpaceInvitations spaceId={space.id} />}
      <section className={style.section}>
        <Button kind="danger" onClick={leave}>
          {words.settings.leave}
        </Button>
      </section>
    </>
  );
}

function RenameForm({ space }: { space: Space }) {
  const { api, ui, session } = useDaymark();
  const [name, setName] = useState(space.name);
  const form = useSubmit(async () => {
    await api({ method: 'PATCH', path: `/api/v1/spaces/${space.id}`, body: { name: name.trim() } });
    await session.refreshSpaces();
    ui.say(words.toast.saved);
  });
  return (
    <form className={style.form} onSubmit={form.onSubmit}>
      <TextField
        label={words.settings.spaceName}
        value={name}
        required
        maxLength={100}
        dir="auto"
        onChange={(event) => setName(event.target.value)}
      />
      <FormProblem text={form.problem} />
      {name.trim() !== space.name && (
        <div className={style.buttons}>
          <Button kind="primary" type="submit" disabled={form.busy || name.trim() === ''}>
            {words.settings.rename}
          </Button>
        </div>
      )}
    </form>
  );
}
