import type { Recurrence } from '@daymark/core/contract/recurrence.ts';
import { type FormEvent, useState } from 'react';
import { useMe } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { codeOf, weekdayCodes } from '../../recurrence/likely-rules.ts';
import { draftOf, inputOfDraft, type RuleDraft, withDay } from '../../recurrence/rule-draft.ts';
import { useRulePreview } from '../../recurrence/use-rule-preview.ts';
import type { RecurrenceChoice } from '../../store/ui-store.ts';
import { weekdayLong, weekdayNarrow } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { addDays, weekdayOf } from '../../text/zone-time.ts';
import { Button } from '../controls/button.tsx';
import { CheckField, SelectField } from '../controls/field.tsx';
import style from './recurrence-editor.module.css';
import { RulePreviewBox } from './rule-preview-box.tsx';

type RuleFormProps = {
  value: Recurrence | null;
  start: string;
  zone: string;
  onBack: () => void;
  onSet: (choice: RecurrenceChoice) => void;
};

type PartProps = { draft: RuleDraft; set: (change: Partial<RuleDraft>) => void };

const units = ['daily', 'weekly', 'monthly', 'yearly'] as const;
const intervalMax = 1000;
const timesMax = 100_000;
const textCharactersMax = 2000;

const numberIn = (text: string, max: number): number => Math.min(max, Math.max(1, Math.floor(Number(text)) || 1));

/** Any rule: in fields, or as text for those who know RFC 5545. What it means stands below while it is made. */
export function RuleForm({ value, start, zone, onBack, onSet }: RuleFormProps) {
  const [draft, setDraft] = useState(() => draftOf(value, start));
  const set = (change: Partial<RuleDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const input = inputOfDraft(draft);
  const preview = useRulePreview(input, start, zone);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!preview?.ok || preview.dates.length === 0) return;
    onSet({ input, shown: preview.shown, first: preview.dates[0] ?? start });
  };
  return (
    <form className={style.form} onSubmit={submit} aria-label={words.repeat.custom}>
      <fieldset disabled={draft.text !== null} className={style.fields} data-off={draft.text !== null || undefined}>
        <EveryLine draft={draft} set={set} />
        {draft.unit === 'weekly' && <WeekdayLine draft={draft} set={set} start={start} />}
        {draft.unit === 'monthly' && <MonthDayLine draft={draft} set={set} />}
        <EndLine draft={draft} set={set} />
      </fieldset>
      <HowLines draft={draft} set={set} timed={start.length > 10} />
      <ExpertLine draft={draft} set={set} rrule={preview?.ok ? preview.shown.rrule : ''} />
      <div className={style.bottom}>
        <RulePreviewBox preview={preview} />
        <div className={style.foot}>
          <Button small onClick={onBack}>
            {words.repeat.back}
          </Button>
          <Button small kind="primary" type="submit" disabled={!preview?.ok || preview.dates.length === 0}>
            {words.repeat.save}
          </Button>
        </div>
      </div>
    </form>
  );
}

function EveryLine({ draft, set }: PartProps) {
  return (
    <div className={style.inline}>
      <span id="repeat-every">{words.repeat.every}</span>
      <input
        type="number"
        className={style.number}
        aria-label={words.repeat.interval}
        min={1}
        max={intervalMax}
        value={draft.interval}
        data-autofocus
        onChange={(event) => set({ interval: numberIn(event.target.value, intervalMax) })}
      />
      <select
        className={style.select}
        aria-label={words.repeat.unit}
        value={draft.unit}
        onChange={(event) => set({ unit: event.target.value as RuleDraft['unit'] })}
      >
        {units.map((unit) => (
          <option key={unit} value={unit}>
            {words.repeat.units[unit](draft.interval)}
          </option>
        ))}
      </select>
    </div>
  );
}

const weekdayNumbers = { monday: 1, tuesday: 2, wednesday: 3, thursday: 4, friday: 5, saturday: 6, sunday: 7 } as const;

function WeekdayLine({ draft, set, start }: PartProps & { start: string }) {
  const place = usePlace();
  const me = useMe();
  const date = start.slice(0, 10);
  const first = addDays(date, (weekdayNumbers[me.week_start] ?? 1) - weekdayOf(date));
  const week = weekdayCodes.map((_, index) => addDays(first, index));
  return (
    <fieldset className={style.weekdays}>
      <legend className="unseen">{words.repeat.onDays}</legend>
      {week.map((day) => {
        const code = codeOf(day);
        return (
          <button
            key={code}
            type="button"
            className={style.weekday}
            aria-pressed={draft.days.includes(code)}
            onClick={() => set({ days: withDay(draft, code).days })}
          >
            <span aria-hidden="true">{weekdayNarrow(day, place)}</span>
            <span className="unseen">{weekdayLong(day, place)}</span>
          </button>
        );
      })}
    </fieldset>
  );
}

function MonthDayLine({ draft, set }: PartProps) {
  return (
    <>
      <label className={style.inline}>
        {words.repeat.onDay}
        <input
          type="number"
          className={style.number}
          min={1}
          max={31}
          value={draft.day}
          onChange={(event) => set({ day: numberIn(event.target.value, 31) })}
        />
      </label>
      {draft.day > 28 && (
        <SelectField
          label={words.repeat.monthEnd(words.repeat.ordinal(draft.day))}
          value={draft.monthEnd}
          onChange={(event) => set({ monthEnd: event.target.value as RuleDraft['monthEnd'] })}
        >
          <option value="clamp">{words.repeat.clamp}</option>
          <option value="skip">{words.repeat.skip}</option>
        </SelectField>
      )}
    </>
  );
}

function EndLine({ draft, set }: PartProps) {
  return (
    <div className={style.inline}>
      <label className={style.inline}>
        {words.repeat.ends}
        <select
          className={style.select}
          value={draft.ends}
          onChange={(event) => set({ ends: event.target.value as RuleDraft['ends'] })}
        >
          <option value="never">{words.repeat.endsNever}</option>
          <option value="after_occurrences">{words.repeat.endsAfter}</option>
          <option value="by_date">{words.repeat.endsBy}</option>
        </select>
      </label>
      {draft.ends === 'after_occurrences' && (
        <input
          type="number"
          className={style.number}
          aria-label={words.repeat.times}
          min={1}
          max={timesMax}
          value={draft.times}
          onChange={(event) => set({ times: numberIn(event.target.value, timesMax) })}
        />
      )}
      {draft.ends === 'by_date' && (
        <input
          type="date"
          className={style.select}
          aria-label={words.repeat.until}
          required
          value={draft.until}
          onChange={(event) => event.target.value && set({ until: event.target.value })}
        />
      )}
    </div>
  );
}

function ExpertLine({ draft, set, rrule }: PartProps & { rrule: string }) {
  return (
    <details className={style.expert} open={draft.text !== null}>
      <summary>{words.repeat.expert}</summary>
      <textarea
        className={style.rule}
        aria-label={words.repeat.rule}
        spellCheck={false}
        maxLength={textCharactersMax}
        value={draft.text ?? rrule}
        onChange={(event) => set({ text: event.target.value.replaceAll('\n', '') })}
      />
      <p className={style.quiet}>
        {words.repeat.expertNote}{' '}
        {draft.text !== null && (
          <button type="button" className={style.link} onClick={() => set({ text: null })}>
            {words.repeat.useForm}
          </button>
        )}
      </p>
    </details>
  );
}

function HowLines({ draft, set, timed }: PartProps & { timed: boolean }) {
  return (
    <>
      <SelectField
        label={words.repeat.mode}
        value={draft.mode}
        onChange={(event) => set({ mode: event.target.value as RuleDraft['mode'] })}
      >
        {(['on_completion', 'on_schedule', 'after_completion'] as const).map((mode) => (
          <option key={mode} value={mode}>
            {words.repeat.modes[mode]}
          </option>
        ))}
      </SelectField>
      {draft.mode === 'on_schedule' && (
        <SelectField
          label={words.repeat.missed}
          value={draft.missed}
          onChange={(event) => set({ missed: event.target.value as RuleDraft['missed'] })}
        >
          {(['all', 'latest', 'none'] as const).map((missed) => (
            <option key={missed} value={missed}>
              {words.repeat.misseds[missed]}
            </option>
          ))}
        </SelectField>
      )}
      {timed && (
        <CheckField
          label={words.repeat.floating}
          checked={draft.floating}
          onChange={(event) => set({ floating: event.target.checked })}
        />
      )}
    </>
  );
}
