import { Link } from '@tanstack/react-router';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { words } from '../../text/words.ts';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';

export function SpacesScreen() {
  const { ui } = useDaymark();
  const spaces = useEntities((entities) => entities.spaces);
  const members = useEntities((entities) => entities.members);
  const shared = Object.values(spaces)
    .filter((space) => space.kind === 'shared')
    .sort((a, b) => a.name.localeCompare(b.name));
  const count = (id: string) => Object.values(members).filter((member) => member.space_id === id).length;
  return (
    <SettingsPage title={words.settings.spaces} note={words.settings.spacesNote}>
      {shared.length === 0 && <p className={style.rowNote}>{words.settings.spacesNone}</p>}
      {shared.length > 0 && (
        <ul className={style.rows}>
          {shared.map((space) => (
            <li key={space.id} className={style.row}>
              <div className={style.rowText}>
                <p className={style.rowName} dir="auto">
                  <Link to="/settings/spaces/$spaceId" params={{ spaceId: space.id }} className={style.link}>
                    {space.name}
                  </Link>
                </p>
                <p className={style.rowNote}>
                  {words.settings.memberCount(count(space.id))}
                  {space.role && ` · ${words.roles[space.role]}`}
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Button kind="primary" onClick={() => ui.setState({ dialog: { kind: 'space' } })}>
        {words.places.newSpace}
      </Button>
    </SettingsPage>
  );
}
