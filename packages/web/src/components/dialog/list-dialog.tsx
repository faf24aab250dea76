import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useDaymark, useEntities, useMe } from '../../app/daymark-context.ts';
import type { List } from '../../store/entities.ts';
import { words } from '../../text/words.ts';
import { positionBetween } from '../../views/place-between.ts';
import { Button } from '../controls/button.tsx';
import { SelectField, TextField } from '../controls/field.tsx';
import { ListDot } from '../controls/mark.tsx';
import { activeLists } from '../frame/sidebar-lists.tsx';
import style from './modal.module.css';
import { Modal } from './modal.tsx';

const colours = Object.keys(words.colours) as List['colour'][];
const nameCharactersMax = 100;

/** Makes a list, or gives one another name or colour. */
export function ListDialog({
  listId,
  spaceId,
  onClose,
}: {
  listId: string | null;
  spaceId: string | null;
  onClose: () => void;
}) {
  const { actions } = useDaymark();
  const me = useMe();
  const navigate = useNavigate();
  const spaces = useEntities((entities) => entities.spaces);
  const lists = useEntities((entities) => entities.lists);
  const known = listId ? lists[listId] : undefined;
  const [name, setName] = useState(known?.name ?? '');
  const [colour, setColour] = useState<List['colour']>(known?.colour ?? nextColour(Object.values(lists)));
  const [space, setSpace] = useState(spaceId ?? me.personal_space_id);
  const choices = Object.values(spaces).filter((one) => one.kind === 'personal' || one.role !== 'viewer');

  const save = (): void => {
    const text = name.trim();
    if (text === '') return;
    onClose();
    if (known) {
      actions.changeList(known.id, { name: text, colour });
      return;
    }
    const last = activeLists(Object.values(lists), space).at(-1)?.position ?? null;
    const position = positionBetween(last, null);
    const id = actions.createList({ name: text, colour, space_id: space, ...(position ? { position } : {}) });
    void navigate({ to: '/lists/$listId', params: { listId: id } });
  };

  return (
    <Modal title={known ? words.list.edit : words.places.newList} onClose={onClose}>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextField
          label={words.list.name}
          value={name}
          maxLength={nameCharactersMax}
          autoFocus
          autoComplete="off"
          dir="auto"
          onChange={(event) => setName(event.target.value)}
        />
        <fieldset>
          <legend className={style.legend}>{words.list.colour}</legend>
          <div className={style.swatches}>
            {colours.map((one) => (
              <label key={one} className={style.swatch} data-tip={words.colours[one]}>
                <input
                  type="radio"
                  name="colour"
                  value={one}
                  checked={colour === one}
                  aria-label={words.colours[one]}
                  onChange={() => setColour(one)}
                />
                <ListDot colour={one} />
              </label>
            ))}
          </div>
        </fieldset>
        {!known && choices.length > 1 && (
          <SelectField label={words.list.space} value={space} onChange={(event) => setSpace(event.target.value)}>
            {choices.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </SelectField>
        )}
        <div className={style.buttons}>
          <Button onClick={onClose}>{words.settings.cancel}</Button>
          <Button kind="primary" type="submit" disabled={name.trim() === ''}>
            {known ? words.list.save : words.list.create}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** The colour used least, so that lists differ without anyone choosing. */
function nextColour(lists: readonly List[]): List['colour'] {
  const uses = (colour: string) => lists.filter((list) => list.kind === 'list' && list.colour === colour).length;
  const order: List['colour'][] = ['teal', 'blue', 'orange', 'violet', 'green', 'red', 'yellow', 'grey'];
  return order.reduce((least, colour) => (uses(colour) < uses(least) ? colour : least));
}
