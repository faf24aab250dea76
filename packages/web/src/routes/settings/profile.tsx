import type { Me } from '@daymark/core/contract/person.ts';
import { useState } from 'react';
import { useDaymark, useMe } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { FormProblem, SelectField, TextField } from '../../components/controls/field.tsx';
import { words } from '../../text/words.ts';
import { deviceZone } from '../../text/zone-time.ts';
import { useSubmit } from '../account.tsx';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';

const weekdays = Object.keys(words.weekdays) as Me['week_start'][];
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

function regionName(locale: string): string {
  const region = new Intl.Locale(locale).maximize().region;
  return region ? (new Intl.DisplayNames(words.language, { type: 'region' }).of(region) ?? locale) : locale;
}

type Draft = Pick<Me, 'name' | 'timezone' | 'locale' | 'week_start'>;

export function ProfileScreen() {
  const me = useMe();
  const { api, store, ui } = useDaymark();
  const [draft, setDraft] = useState<Draft>({
    name: me.name,
    timezone: me.timezone,
    locale: me.locale,
    week_start: me.week_start,
  });
  const set = (change: Partial<typeof draft>): void => setDraft((before) => ({ ...before, ...change }));
  const form = useSubmit(async () => {
    const changed = await api<Me>({ method: 'PATCH', path: '/api/v1/me', body: { ...draft, name: draft.name.trim() } });
    store.setState({ me: changed });
    ui.say(words.toast.saved);
  });
  const device = deviceZone();
  const locales = [...new Set([me.locale, navigator.language, ...regions])];
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
