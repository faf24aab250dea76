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
  const [choice, setChoice] = useState(dialog.choices?.[0]?.id ?? '');
  const ready = dialog.typed === null || typed.trim() === dialog.typed.trim();
  return (
    <Modal title={dialog.title} onClose={onClose}>
      <form
        className={style.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          onClose();
          dialog.run(choice);
        }}
      >
        <p className={style.text}>{dialog.body}</p>
        {dialog.choices && (
          <fieldset>
            <legend className="unseen">{dialog.title}</legend>
            {dialog.choices.map((one) => (
              <label key={one.id} className={style.choice}>
                <input type="radio" name="choice" checked={choice === one.id} onChange={() => setChoice(one.id)} />
                {one.label}
              </label>
            ))}
          </fieldset>
        )}
        {dialog.typed !== null && (
          <TextField
            label={words.confirm.typeName(dialog.typed)}
            value={typed}
            data-autofocus
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <div className={style.buttons}>
          <Button onClick={onClose}>{words.confirm.cancel}</Button>
          <Button kind="danger" type="submit" disabled={!ready}>
            {dialog.action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
