import { useState } from 'react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { TextField } from '../../components/controls/field.tsx';
import type { Tag } from '../../store/entities.ts';
import { words } from '../../text/words.ts';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';

export function TagsScreen() {
  const tags = useEntities((entities) => entities.tags);
  const spaces = useEntities((entities) => entities.spaces);
  const sorted = Object.values(tags)
    .filter((tag) => spaces[tag.space_id]?.role !== 'viewer')
    .sort((a, b) => a.name.localeCompare(b.name));
  return (
    <SettingsPage title={words.settings.tagsPage} note={words.settings.tagsNote}>
      {sorted.length === 0 && <p className={style.rowNote}>{words.settings.tagsNone}</p>}
      {sorted.length > 0 && (
        <ul className={style.rows}>
          {sorted.map((tag) => (
            <TagRow
              key={tag.id}
              tag={tag}
              space={spaces[tag.space_id]?.kind === 'shared' ? (spaces[tag.space_id]?.name ?? '') : ''}
            />
          ))}
        </ul>
      )}
    </SettingsPage>
  );
}

function TagRow({ tag, space }: { tag: Tag; space: string }) {
  const { actions } = useDaymark();
  const [name, setName] = useState<string | null>(null);
  const rename = (): void => {
    const text = name?.trim().replaceAll(',', ' ');
    setName(null);
    if (text && text !== tag.name)
      actions.act([{ op: 'tag.rename', id: tag.id, name: text }], { say: words.toast.changed });
  };
  return (
    <li className={style.row}>
      {name === null ? (
        <>
          <div className={style.rowText}>
            <p className={style.rowName} dir="auto">
              {tag.name}
            </p>
            {space && <p className={style.rowNote}>{space}</p>}
          </div>
          <Button small onClick={() => setName(tag.name)} aria-label={`${words.settings.rename} ${tag.name}`}>
            {words.settings.rename}
          </Button>
        </>
      ) : (
        <form
          className={style.form}
          onSubmit={(event) => {
            event.preventDefault();
            rename();
          }}
        >
          <TextField
            label={words.settings.rename}
            value={name}
            maxLength={60}
            autoFocus
            dir="auto"
            onChange={(event) => setName(event.target.value)}
          />
          <div className={style.buttons}>
            <Button small kind="primary" type="submit">
              {words.settings.save}
            </Button>
            <Button small onClick={() => setName(null)}>
              {words.settings.cancel}
            </Button>
          </div>
        </form>
      )}
    </li>
  );
}
