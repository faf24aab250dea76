import type { Me } from '@daymark/core/contract/person.ts';
import { useState } from 'react';
import { useDaymark, useMe } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { CheckField, FormProblem, SelectField, TextField } from '../../components/controls/field.tsx';
import { words } from '../../text/words.ts';
import { deviceZone } from '../../text/zone-time.ts';
import { useSubmit } from '../account.tsx';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';

const weekdays = Object.keys(words.weekdays) as Me['week_start'][];
const reminderMinutes = [0, 5, 15, 30, 60, 120, 1440, 2880];
/** Regions offered by name; the person's own is added. */
const regions = [
  'en-GB',
  'en-US',
  'en-AU',
  'en-CA',
  'en-IN',
  'en-IE',
  'de-DE',
  'de-AT',
  'de-CH',
  'fr-FR',
  'es-ES',
  'it-IT',
  'nl-NL',
  'pt-PT',
  'pt-BR',
  'pl-PL',
  'sv-SE',
  'da-DK',
  'nb-NO',
  'fi-FI',
  'cs-CZ',
  'tr-TR',
  'ja-JP',
  'ko-KR',
  'zh-CN',
  'zh-TW',
  'ar-EG',
  'he-IL',
];

const reminderText = (minutes: number): string => {
  if (minutes === 0) return words.settings.reminderAt;
  if (minutes % 1440 === 0) return words.settings.reminderBefore(words.settings.days(minutes / 1440));
  if (minutes % 60 === 0) return words.settings.reminderBefore(words.settings.hours(minutes / 60));
  return words.settings.reminderBefore(words.settings.minutes(minutes));
};

function regionName(locale: string): string {
  const region = new Intl.Locale(locale).maximize().region;
  return region ? (new Intl.DisplayNames(words.language, { type: 'region' }).of(region) ?? locale) : locale;
}

type Draft = Pick<
  Me,
  'name' | 'timezone' | 'locale' | 'week_start' | 'default_reminder_minutes' | 'all_day_reminder_time' | 'quiet_hours'
>;

export function ProfileScreen() {
  const me = useMe();
  const { api, store, ui } = useDaymark();
  const [draft, setDraft] = useState<Draft>({
    name: me.name,
    timezone: me.timezone,
    locale: me.locale,
    week_start: me.week_start,
    default_reminder_minutes: me.default_reminder_minutes,
    all_day_reminder_time: me.all_day_reminder_time,
    quiet_hours: me.quiet_hours,
  });
  const set = (change: Partial<typeof draft>): void => setDraft((before) => ({ ...before, ...change }));
  const form = useSubmit(async () => {
    const changed = await api<Me>({ method: 'PATCH', path: '/api/v1/me', body: { ...draft, name: draft.name.trim() } });
    store.setState({ me: changed });
    ui.say(words.toast.saved);
  });
  const device = deviceZone();
  const locales = [...new Set([me.locale, navigator.language, ...regions])];
  const choices = [
    ...new Set([
      ...reminderMinutes,
      ...(draft.default_reminder_minutes === null ? [] : [draft.default_reminder_minutes]),
    ]),
  ].sort((a, b) => a - b);
  return (
    <SettingsPage title={words.settings.profile}>
      <form className={style.form} onSubmit={form.onSubmit}>
        <TextField
          label={words.settings.name}
          value={draft.name}
          required
          maxLength={100}
          autoComplete="name"
          dir="auto"
          onChange={(event) => set({ name: event.target.value })}
        />
        <TextField label={words.settings.email} value={me.email} readOnly disabled />
        <SelectField
          label={words.settings.timezone}
          value={draft.timezone}
          onChange={(event) => set({ timezone: event.target.value })}
          note={
            device === draft.timezone ? (
              words.settings.zoneNote
            ) : (
              <>
                {words.settings.zoneDevice(device.replaceAll('_', ' '))}{' '}
                <button type="button" className={style.link} onClick={() => set({ timezone: device })}>
                  {words.settings.zoneUse}
                </button>
              </>
            )
          }
        >
          {[...new Set([draft.timezone, device, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll('_', ' ')}
            </option>
          ))}
        </SelectField>
        <div className={style.pair}>
          <SelectField
            label={words.settings.locale}
            value={draft.locale}
            note={words.settings.localeNote}
            onChange={(event) => set({ locale: event.target.value })}
          >
            {locales.map((locale) => (
              <option key={locale} value={locale}>
                {regionName(locale)} ({locale})
              </option>
            ))}
          </SelectField>
          <SelectField
            label={words.settings.weekStart}
            value={draft.week_start}
            onChange={(event) => set({ week_start: event.target.value as Me['week_start'] })}
          >
            {weekdays.map((day) => (
              <option key={day} value={day}>
                {words.weekdays[day]}
              </option>
            ))}
          </SelectField>
        </div>
        <div className={style.pair}>
          <SelectField
            label={words.settings.defaultReminder}
            value={draft.default_reminder_minutes ?? ''}
            onChange={(event) =>
              set({ default_reminder_minutes: event.target.value === '' ? null : Number(event.target.value) })
            }
          >
            <option value="">{words.settings.reminderNone}</option>
            {choices.map((minutes) => (
              <option key={minutes} value={minutes}>
                {reminderText(minutes)}
              </option>
            ))}
          </SelectField>
          <TextField
            label={words.settings.allDayHour}
            type="time"
            required
            value={draft.all_day_reminder_time}
            onChange={(event) => set({ all_day_reminder_time: event.target.value })}
          />
        </div>
        <fieldset>
          <CheckField
            label={
              <>
                {words.settings.quietHours}. <span className={style.rowNote}>{words.settings.quietNote}</span>
              </>
            }
            checked={draft.quiet_hours !== null}
            onChange={(event) => set({ quiet_hours: event.target.checked ? { start: '22:00', end: '07:00' } : null })}
          />
          {draft.quiet_hours && (
            <div className={style.pair}>
              <TextField
                label={words.settings.quietFrom}
                type="time"
                required
                value={draft.quiet_hours.start}
                onChange={(event) =>
                  draft.quiet_hours && set({ quiet_hours: { ...draft.quiet_hours, start: event.target.value } })
                }
              />
              <TextField
                label={words.settings.quietTo}
                type="time"
                required
                value={draft.quiet_hours.end}
                onChange={(event) =>
                  draft.quiet_hours && set({ quiet_hours: { ...draft.quiet_hours, end: event.target.value } })
                }
              />
            </div>
          )}
        </fieldset>
        <FormProblem text={form.problem} />
        <div className={style.buttons}>
          <Button kind="primary" type="submit" disabled={form.busy || draft.name.trim() === ''}>
            {words.settings.save}
          </Button>
        </div>
      </form>
    </SettingsPage>
  );
}
