import type { ReminderInput } from '@daymark/core/contract/reminder.ts';
import { useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useMe } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { remindAt, sameReminder } from '../../store/task-reminders.ts';
import { reminderName } from '../../text/reminder-name.ts';
import { comingText } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { instantOf, localMoment } from '../../text/zone-time.ts';
import { Button, IconButton } from '../controls/button.tsx';
import style from './reminder-editor.module.css';

type ReminderEditorProps = {
  due: { due_at: string | null; due_on: string | null };
  value: readonly ReminderInput[];
  onChange: (reminders: ReminderInput[]) => void;
  onClose: () => void;
};

const likelyMinutes = [0, 15, 60, 1440];
const unitMinutes = [1, 60, 1440, 10_080];
/** Four weeks, as the server takes. */
const offsetMinutesMax = 40_320;
const remindersMax = 20;

/** When a task reminds: the likely offsets to tick, any other offset, or a moment. Each tells its time on the person's clock. */
export function ReminderEditor({ due, value, onChange, onClose }: ReminderEditorProps) {
  const me = useMe();
  const place = usePlace();
  const navigate = useNavigate();
  const nameOf = (input: ReminderInput): string => reminderName(input, (at) => comingText(at, place));
  const [chosen, setChosen] = useState<readonly ReminderInput[]>(value);
  const keep = (next: readonly ReminderInput[]): void => {
    setChosen(next);
    onChange([...next]);
  };
  const has = (input: ReminderInput): boolean => chosen.some((one) => sameReminder(one, input));
  const toggle = (input: ReminderInput): void =>
    keep(has(input) ? chosen.filter((one) => !sameReminder(one, input)) : [...chosen, input]);
  const add = (input: ReminderInput): void => {
    if (!has(input) && chosen.length < remindersMax) keep([...chosen, input]);
  };
  const likely = likelyMinutes.map((offset_minutes) => ({ offset_minutes }));
  const others = chosen.filter((one) => !likely.some((input) => sameReminder(one, input)));
  const standing = me.default_reminder_minutes;
  return (
    <div className={style.editor}>
      <fieldset className={style.list}>
        <legend className="unseen">{words.remind.title}</legend>
        {likely.map((input) => (
          <label key={input.offset_minutes} className={style.row}>
            <input type="checkbox" checked={has(input)} onChange={() => toggle(input)} />
            <span className={style.name}>{nameOf(input)}</span>
            <ReminderTime input={input} due={due} />
          </label>
        ))}
      </fieldset>
      {others.length > 0 && (
        <ul className={style.list}>
          {others.map((input) => (
            <li key={JSON.stringify(input)} className={style.row}>
              <span className={style.name}>{nameOf(input)}</span>
              <ReminderTime input={input} due={due} />
              <IconButton label={words.remind.remove(nameOf(input))} onClick={() => toggle(input)}>
                <X size={14} aria-hidden="true" />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <OffsetForm onAdd={add} />
      <MomentForm due={due} onAdd={add} />
      <div className={style.foot}>
        <p className={style.quiet}>
          {due.due_on && words.remind.allDay(me.all_day_reminder_time)}{' '}
          {standing === null
            ? words.remind.standingNone
            : words.remind.standing(reminderName({ offset_minutes: standing }).toLowerCase())}{' '}
          <button
            type="button"
            className={style.link}
            onClick={() => {
              onClose();
              void navigate({ to: '/settings/notifications' });
            }}
          >
            {words.remind.change}
          </button>
        </p>
        <Button small onClick={onClose}>
          {words.dates.set}
        </Button>
      </div>
    </div>
  );
}

function ReminderTime({ input, due }: { input: ReminderInput; due: ReminderEditorProps['due'] }) {
  const place = usePlace();
  const me = useMe();
  const at = remindAt(input, due, { zone: me.timezone, allDayTime: me.all_day_reminder_time });
  if (at === null) return <span className={style.quiet}>{words.remind.waiting}</span>;
  const passed = Date.parse(at) < place.nowMs;
  return (
    <time className={style.quiet} dateTime={at}>
      {'at' in input ? '' : comingText(at, place)}
      {passed && ` · ${words.remind.passed}`}
    </time>
  );
}

function OffsetForm({ onAdd }: { onAdd: (input: ReminderInput) => void }) {
  const [amount, setAmount] = useState('30');
  const [unit, setUnit] = useState(1);
  const offset_minutes = Math.floor(Number(amount)) * unit;
  const valid = amount !== '' && offset_minutes >= 0 && offset_minutes <= offsetMinutesMax;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (valid) onAdd({ offset_minutes });
  };
  return (
    <form className={style.line} onSubmit={submit} aria-label={words.remind.custom}>
      <input
        type="number"
        className={style.number}
        aria-label={words.remind.amount}
        min={0}
        max={offsetMinutesMax}
        value={amount}
        onChange={(event) => setAmount(event.target.value)}
      />
      <select
        className={style.field}
        aria-label={words.remind.unit}
        value={unit}
        onChange={(event) => setUnit(Number(event.target.value))}
      >
        {unitMinutes.map((minutes) => (
          <option key={minutes} value={minutes}>
            {words.remind.before(words.remind.units[minutes] ?? '')}
          </option>
        ))}
      </select>
      <Button small type="submit" disabled={!valid} aria-label={`${words.remind.add}: ${words.remind.custom}`}>
        {words.remind.add}
      </Button>
    </form>
  );
}

function MomentForm({ due, onAdd }: { due: ReminderEditorProps['due']; onAdd: (input: ReminderInput) => void }) {
  const place = usePlace();
  const start = localMoment(due.due_at ?? place.nowMs + 3_600_000, place.zone);
  const [local, setLocal] = useState(`${due.due_on ?? start.date}T${start.time}`);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const [date = '', time = ''] = local.split('T');
    if (time !== '') onAdd({ at: instantOf(date, time, place.zone) });
  };
  return (
    <form className={style.line} onSubmit={submit} aria-label={words.remind.moment}>
      <input
        type="datetime-local"
        className={style.field}
        aria-label={words.remind.moment}
        value={local}
        onChange={(event) => setLocal(event.target.value)}
      />
      <Button small type="submit" disabled={local === ''} aria-label={`${words.remind.add}: ${words.remind.moment}`}>
        {words.remind.add}
      </Button>
    </form>
  );
}
