import { useState } from 'react';
import type { Dialog } from '../../store/ui-store.ts';
import { words } from '../../text/words.ts';
import { Button } from '../controls/button.tsx';
import { TextField } from '../controls/field.tsx';
import style from './modal.module.css';
import { Modal } from './modal.tsx';

type ConfirmProps = { dialog: Extract<Dialog, { kind: 'confirm' }>; onClose: () => void };

/** Asks before what cannot be undone, by name where much is lost. */
export function ConfirmDialog({ dialog, onClose }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const ready = dialog.typed === null || typed.trim() === dialog.typed.trim();
  return (
    <Modal title={dialog.title} onClose={onClose}>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          onClose();
          dialog.run();
        }}
      >
        <p className={style.text}>{dialog.body}</p>
        {dialog.typed !== null && (
          <TextField
            label={words.confirm.typeName(dialog.typed)}
            value={typed}
            autoFocus
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <div className={style.buttons}>
          <Button onClick={onClose} autoFocus={dialog.typed === null}>
            {words.confirm.cancel}
          </Button>
          <Button kind="danger" type="submit" disabled={!ready}>
            {dialog.action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
