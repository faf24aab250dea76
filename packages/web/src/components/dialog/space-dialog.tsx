import type { Space } from '@daymark/core/contract/space.ts';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { problemText } from '../../api/problem-text.ts';
import { useDaymark } from '../../app/daymark-context.ts';
import { words } from '../../text/words.ts';
import { Button } from '../controls/button.tsx';
import { FormProblem, TextField } from '../controls/field.tsx';
import style from './modal.module.css';
import { Modal } from './modal.tsx';

/** Makes a shared space and goes to where people are invited to it. */
export function SpaceDialog({ onClose }: { onClose: () => void }) {
  const { api, session } = useDaymark();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const create = async (): Promise<void> => {
    setBusy(true);
    try {
      const space = await api<Space>({ method: 'POST', path: '/api/v1/spaces', body: { name: name.trim() } });
      await session.refreshSpaces();
      onClose();
      await navigate({ to: '/settings/spaces/$spaceId', params: { spaceId: space.id } });
    } catch (cause) {
      setProblem(problemText(cause));
      setBusy(false);
    }
  };

  return (
    <Modal title={words.places.newSpace} onClose={onClose}>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void create();
        }}
      >
        <TextField
          label={words.settings.spaceName}
          note={words.settings.spacesNote}
          value={name}
          maxLength={100}
          autoFocus
          autoComplete="off"
          dir="auto"
          onChange={(event) => setName(event.target.value)}
        />
        <FormProblem text={problem} />
        <div className={style.buttons}>
          <Button onClick={onClose}>{words.settings.cancel}</Button>
          <Button kind="primary" type="submit" disabled={busy || name.trim() === ''}>
            {words.settings.spaceCreate}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
