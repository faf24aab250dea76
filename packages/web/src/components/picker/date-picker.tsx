import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useMe } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import type { DueValue } from '../../store/due-value.ts';
import { likelyDays, longDate, monthText, weekdayNarrow, weekdayShort } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { addDays, addMonths, dateIn, weekdayOf } from '../../text/zone-time.ts';
import { Button, IconButton } from '../controls/button.tsx';
import style from './date-picker.module.css';
import { monthGrid } from './month-grid.ts';
import { ZonePicker } from './pickers.tsx';

type DatePickerProps = { value: DueValue; withTime: boolean; onPick: (value: DueValue) => void; onClose: () => void };

const weekdayNumbers = { monday: 1, tuesday: 2, wednesday: 3, thursday: 4, friday: 5, saturday: 6, sunday: 7 } as const;

/** A day in one or two strokes: the likely ones first, then a month to walk with the arrows; a time if there is one. */
export function DatePicker({ value, withTime, onPick, onClose }: DatePickerProps) {
  const place = usePlace();
  const me = useMe();
  const today = dateIn(place.zone, place.nowMs);
  const weekStart = weekdayNumbers[me.week_start] ?? 1;
  const [draft, setDraft] = useState(value);
  const [focused, setFocused] = useState(value.date ?? today);
  const [choosingZone, setChoosingZone] = useState(false);
  const grid = useRef<HTMLTableElement>(null);
  const moved = useRef(true);

  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLButtonElement>(`[data-date="${focused}"]`)?.focus();
    moved.current = false;
  }, [focused]);

  const apply = (change: Partial<DueValue>, close: boolean): void => {
    const next = { ...draft, ...change };
    setDraft(next);
    onPick(next);
    if (close) onClose();
  };

  const keys = (event: KeyboardEvent): void => {
    const steps: Record<string, string> = {
      ArrowLeft: addDays(focused, -1),
      ArrowRight: addDays(focused, 1),
      ArrowUp: addDays(focused, -7),
      ArrowDown: addDays(focused, 7),
      PageUp: addMonths(focused, -1),
      PageDown: addMonths(focused, 1),
    };
    const next = steps[event.key];
    if (!next) return;
    event.preventDefault();
    moved.current = true;
    setFocused(next);
  };

  if (choosingZone) {
    const pickZone = (zone: string): void => {
      apply({ zone }, false);
      setChoosingZone(false);
    };
    return <ZonePicker value={draft.zone} onPick={pickZone} />;
  }
  const likely = likelyDays(today, weekdayOf(today), weekStart);
  return (
    <div className={style.picker}>
      <div className={style.likely}>
        {likely.map((day) => (
          <button key={day.name} type="button" className={style.quick} onClick={() => apply({ date: day.date }, true)}>
            <span>{day.name}</span>
            <span className={style.weekday}>{weekdayShort(day.date, place)}</span>
          </button>
        ))}
      </div>
      <div className={style.head}>
        <h2 className={style.month} aria-live="polite">
          {monthText(focused, place)}
        </h2>
        <IconButton label={words.dates.previousMonth} onClick={() => setFocused(addMonths(focused, -1))}>
          <ChevronLeft size={16} aria-hidden="true" />
        </IconButton>
        <IconButton label={words.dates.nextMonth} onClick={() => setFocused(addMonths(focused, 1))}>
          <ChevronRight size={16} aria-hidden="true" />
        </IconButton>
      </div>
      <table ref={grid} className={style.grid} onKeyDown={keys}>
        <thead>
          <tr>
            {Array.from({ length: 7 }, (_, index) => addDays('2026-11-16', weekStart - 1 + index)).map((date) => (
              <th key={date} scope="col">
                {weekdayNarrow(date, place)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {monthGrid(focused, weekStart).map((week) => (
            <tr key={week[0]}>
              {week.map((date) => (
                <td key={date}>
                  <button
                    type="button"
                    className={style.day}
                    data-date={date}
                    data-today={date === today || undefined}
                    data-chosen={date === draft.date || undefined}
                    data-outside={date.slice(0, 7) !== focused.slice(0, 7) || undefined}
                    tabIndex={date === focused ? 0 : -1}
                    aria-label={longDate(date, place)}
                    aria-pressed={date === draft.date}
                    onClick={() => apply({ date }, true)}
                  >
                    {Number(date.slice(8))}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {withTime && (
        <div className={style.time}>
          <label className={style.timeLabel}>
            {words.dates.time}
            <input
              type="time"
              className={style.timeInput}
              value={draft.time ?? ''}
              onChange={(event) => apply({ time: event.target.value || null, date: draft.date ?? today }, false)}
              onKeyDown={(event) => event.key === 'Enter' && onClose()}
            />
          </label>
          {draft.time ? (
            <button
              type="button"
              className={style.zone}
              onClick={() => setChoosingZone(true)}
              aria-label={`${words.dates.zone}: ${draft.zone}`}
            >
              {draft.zone.split('/').pop()?.replaceAll('_', ' ')}
            </button>
          ) : (
            <span className={style.allDay}>{words.dates.allDay}</span>
          )}
        </div>
      )}
      <div className={style.foot}>
        <Button
          kind="quiet"
          small
          disabled={draft.date === null}
          onClick={() => apply({ date: null, time: null }, true)}
        >
          {words.dates.clear}
        </Button>
        <Button small onClick={onClose}>
          {words.dates.set}
        </Button>
      </div>
    </div>
  );
}
