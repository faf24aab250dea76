import { type FormEvent, useState } from 'react';
import { usePlace } from '../../app/use-place.ts';
import { words } from '../../text/words.ts';
import { instantOf, localMoment } from '../../text/zone-time.ts';
import { Button } from '../controls/button.tsx';
import { TextField } from '../controls/field.tsx';
import style from './moment-picker.module.css';

type MomentPickerProps = { label: string; value: string; onPick: (instant: string) => void };

/** A day and a time of the person's clock, as an instant. */
export function MomentPicker({ label, value, onPick }: MomentPickerProps) {
  const place = usePlace();
  const moment = localMoment(value, place.zone);
  const [local, setLocal] = useState(`${moment.date}T${moment.time}`);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const [date = '', time = ''] = local.split('T');
    onPick(instantOf(date, time, place.zone));
  };
  return (
    <form className={style.form} onSubmit={submit}>
      <TextField
        label={label}
        type="datetime-local"
        required
        autoFocus
        value={local}
        onChange={(event) => setLocal(event.target.value)}
      />
      <Button small kind="primary" type="submit" disabled={local === ''}>
        {words.dates.set}
      </Button>
    </form>
  );
}
