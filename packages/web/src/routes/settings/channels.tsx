import type { ChannelStatus, TestSent } from '@daymark/core/contract/delivery.ts';
import type { Me } from '@daymark/core/contract/person.ts';
import { useState } from 'react';
import { useDaymark, useMe } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { CheckField, FormProblem, SelectField, TextField } from '../../components/controls/field.tsx';
import { reminderName } from '../../text/reminder-name.ts';
import { words } from '../../text/words.ts';
import { useSubmit } from '../account.tsx';
import { PushSwitch } from './push-switch.tsx';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';
import { useFetched, useRun } from './use-fetched.ts';
import { Webhooks } from './webhooks.tsx';

type Channel = keyof Me['channels'];
type Times = Pick<
  Me,
  'default_reminder_minutes' | 'all_day_reminder_time' | 'quiet_hours' | 'digest_time' | 'phone_number'
>;

const channels: readonly Channel[] = ['in_app', 'web_push', 'email', 'sms', 'webhook'];
const reminderMinutes = [0, 5, 15, 30, 60, 120, 1440, 2880];
const digestUsual = '07:00';
const quietUsual = { start: '22:00', end: '07:00' };

/** What is shown of each way, and how it is turned on and off: at once, and as it was where the server does not take it. */
function useSwitches(): [shown: Me['channels'], turn: (channel: Channel, wanted: boolean) => void] {
  const { api, store } = useDaymark();
  const me = useMe();
  const run = useRun();
  /** What was wanted and not answered: news of the person that is older than that must not turn it back meanwhile. */
  const [turning, setTurning] = useState<Partial<Me['channels']>>({});
  const turn = (channel: Channel, wanted: boolean): void => {
    setTurning((before) => ({ ...before, [channel]: wanted }));
    run(() =>
      api<Me>({ method: 'PATCH', path: '/api/v1/me', body: { channels: { [channel]: wanted } } })
        .then((changed) => {
          const { me: now } = store.getState();
          // Only the one: another one may be on its way, and this answer does not know of it.
          const channels = { ...(now ?? changed).channels, [channel]: changed.channels[channel] };
          store.setState({ me: { ...(now ?? changed), channels } });
        })
        .finally(() => setTurning(({ [channel]: _, ...others }) => others)),
    );
  };
  return [{ ...me.channels, ...turning }, turn];
}

/** How reminders reach a person, when they hold back, and a test of each way. */
export function ChannelsScreen() {
  const [shown, turn] = useSwitches();
  const { items } = useFetched<ChannelStatus>((api) => api({ method: 'GET', path: '/api/v1/channels' }), 'channels');
  const missing = (channel: Channel): boolean =>
    items?.some((one) => one.channel === channel && !one.configured) ?? false;
  return (
    <>
      <SettingsPage title={words.channels.page} note={words.channels.note}>
        <ul className={style.rows}>
          {channels.map((channel) => (
            <ChannelRow
              key={channel}
              channel={channel}
              missing={missing(channel)}
              on={shown[channel]}
              onTurn={(wanted) => turn(channel, wanted)}
            />
          ))}
        </ul>
      </SettingsPage>
      <section className={style.section}>
        <h2 className={style.heading}>{words.channels.when}</h2>
        <TimesForm />
      </section>
      {shown.webhook && <Webhooks />}
    </>
  );
}

interface ChannelRowProps {
  channel: Channel;
  /** The server has no way to send through it. */
  missing: boolean;
  on: boolean;
  onTurn: (wanted: boolean) => void;
}

function ChannelRow({ channel, missing, on, onTurn }: ChannelRowProps) {
  const { api, ui } = useDaymark();
  const me = useMe();
  const run = useRun();
  const name = words.channels.names[channel];
  const note = words.channels.notes[channel];
  const test = (): void =>
    run(() =>
      api<TestSent>({ method: 'POST', path: '/api/v1/notifications/test', body: { channel } }).then((sent) => {
        const isOnItsWay = sent.deliveries.some(({ state }) => state !== 'suppressed');
        const reason = sent.deliveries[0]?.reason ?? '';
        if (isOnItsWay) ui.say(words.channels.tested);
        else ui.say(words.channels.notTested(words.notices.reasons[reason] ?? reason), { tone: 'problem' });
      }),
    );
  return (
    <li className={style.row}>
      <div className={style.rowText}>
        <CheckField
          label={<span className={style.rowName}>{name}</span>}
          checked={on}
          onChange={(event) => onTurn(event.target.checked)}
        />
        <p className={style.underCheck}>
          {missing ? words.channels.missing : typeof note === 'function' ? note(me.email) : note}
        </p>
        {channel === 'web_push' && on && !missing && <PushSwitch />}
      </div>
      {on && !missing && (
        <Button small onClick={test} aria-label={words.channels.testName(name)}>
          {words.channels.test}
        </Button>
      )}
    </li>
  );
}

function TimesForm() {
  const { api, store, ui } = useDaymark();
  const me = useMe();
  const [draft, setDraft] = useState<Times>({
    default_reminder_minutes: me.default_reminder_minutes,
    all_day_reminder_time: me.all_day_reminder_time,
    quiet_hours: me.quiet_hours,
    digest_time: me.digest_time,
    phone_number: me.phone_number,
  });
  const set = (change: Partial<Times>): void => setDraft((before) => ({ ...before, ...change }));
  const form = useSubmit(async () => {
    const phone_number = draft.phone_number?.replace(/[\s()/-]/g, '') || null;
    store.setState({ me: await api<Me>({ method: 'PATCH', path: '/api/v1/me', body: { ...draft, phone_number } }) });
    ui.say(words.toast.saved);
  });
  return (
    <form className={style.form} onSubmit={form.onSubmit}>
      <div className={style.pair}>
        <DefaultReminder value={draft.default_reminder_minutes} set={set} />
        <TextField
          label={words.settings.allDayHour}
          type="time"
          required
          value={draft.all_day_reminder_time}
          onChange={(event) => set({ all_day_reminder_time: event.target.value })}
        />
      </div>
      <QuietHours value={draft.quiet_hours} set={set} />
      <fieldset>
        <CheckField
          label={words.channels.digest}
          checked={draft.digest_time !== null}
          onChange={(event) => set({ digest_time: event.target.checked ? digestUsual : null })}
        />
        {draft.digest_time !== null && (
          <div className={style.pair}>
            <TextField
              label={words.channels.digestAt}
              type="time"
              required
              value={draft.digest_time}
              onChange={(event) => set({ digest_time: event.target.value })}
            />
          </div>
        )}
      </fieldset>
      <TextField
        label={words.channels.phone}
        note={words.channels.phoneNote}
        type="tel"
        autoComplete="tel"
        value={draft.phone_number ?? ''}
        onChange={(event) => set({ phone_number: event.target.value || null })}
      />
      <FormProblem text={form.problem} />
      <div className={style.buttons}>
        <Button kind="primary" type="submit" disabled={form.busy}>
          {words.settings.save}
        </Button>
      </div>
    </form>
  );
}

type PartProps<Value> = { value: Value; set: (change: Partial<Times>) => void };

function DefaultReminder({ value, set }: PartProps<number | null>) {
  const offered = [...new Set([...reminderMinutes, ...(value === null ? [] : [value])])].sort((a, b) => a - b);
  return (
    <SelectField
      label={words.settings.defaultReminder}
      value={value ?? ''}
      onChange={(event) =>
        set({ default_reminder_minutes: event.target.value === '' ? null : Number(event.target.value) })
      }
    >
      <option value="">{words.settings.reminderNone}</option>
      {offered.map((offset_minutes) => (
        <option key={offset_minutes} value={offset_minutes}>
          {reminderName({ offset_minutes })}
        </option>
      ))}
    </SelectField>
  );
}

function QuietHours({ value, set }: PartProps<Me['quiet_hours']>) {
  return (
    <fieldset>
      <CheckField
        label={
          <>
            {words.settings.quietHours}. <span className={style.rowNote}>{words.settings.quietNote}</span>
          </>
        }
        checked={value !== null}
        onChange={(event) => set({ quiet_hours: event.target.checked ? quietUsual : null })}
      />
      {value && (
        <div className={style.pair}>
          <TextField
            label={words.settings.quietFrom}
            type="time"
            required
            value={value.start}
            onChange={(event) => set({ quiet_hours: { ...value, start: event.target.value } })}
          />
          <TextField
            label={words.settings.quietTo}
            type="time"
            required
            value={value.end}
            onChange={(event) => set({ quiet_hours: { ...value, end: event.target.value } })}
          />
        </div>
      )}
    </fieldset>
  );
}
