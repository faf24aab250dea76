import type { Delivery, Webhook } from '@daymark/core/contract/notification.ts';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { useDaymark } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { Button } from '../../components/controls/button.tsx';
import { FormProblem, TextField } from '../../components/controls/field.tsx';
import { agoText } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { useSubmit } from '../account.tsx';
import { SecretBox } from './secret-box.tsx';
import style from './settings.module.css';
import { useFetched, useRun } from './use-fetched.ts';

const deliveriesMax = 20;

/** Addresses that reminders are sent to, signed; the secret of each is shown once. */
export function Webhooks() {
  const { items, problem, reload } = useFetched<Webhook>(
    (fetch) => fetch({ method: 'GET', path: '/api/v1/webhooks' }),
    'webhooks',
  );
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <section className={style.section}>
      <h2 className={style.heading}>{words.channels.webhooks}</h2>
      <p className={style.note}>{words.channels.webhooksNote}</p>
      {secret ? (
        <SecretBox note={words.channels.webhookOnce} secret={secret} onDone={() => setSecret(null)} />
      ) : (
        <WebhookForm
          onCreated={(created) => {
            setSecret(created.secret ?? null);
            reload();
          }}
        />
      )}
      <FormProblem text={problem} />
      {items?.length === 0 && <p className={style.rowNote}>{words.channels.webhooksNone}</p>}
      {items && items.length > 0 && (
        <ul className={style.rows}>
          {items.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} onChanged={reload} />
          ))}
        </ul>
      )}
    </section>
  );
}

function WebhookForm({ onCreated }: { onCreated: (webhook: Webhook) => void }) {
  const { api } = useDaymark();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const form = useSubmit(async () => {
    onCreated(await api<Webhook>({ method: 'POST', path: '/api/v1/webhooks', body: { name: name.trim(), url } }));
  });
  return (
    <form className={style.form} onSubmit={form.onSubmit}>
      <TextField
        label={words.channels.webhookName}
        value={name}
        required
        maxLength={100}
        autoComplete="off"
        dir="auto"
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label={words.channels.webhookUrl}
        type="url"
        value={url}
        required
        maxLength={2000}
        autoComplete="off"
        placeholder="https://"
        onChange={(event) => setUrl(event.target.value.trim())}
      />
      <FormProblem text={form.problem} />
      <div className={style.buttons}>
        <Button kind="primary" type="submit" disabled={form.busy || name.trim() === '' || url === ''}>
          {words.channels.webhookCreate}
        </Button>
      </div>
    </form>
  );
}

function WebhookRow({ webhook, onChanged }: { webhook: Webhook; onChanged: () => void }) {
  const { api, ui } = useDaymark();
  const run = useRun();
  const [open, setOpen] = useState(false);
  const path = `/api/v1/webhooks/${webhook.id}`;
  const remove = (): void =>
    run(
      () => api({ method: 'DELETE', path }),
      () => {
        ui.say(words.channels.webhookDeleted);
        onChanged();
      },
    );
  const pause = (): void => run(() => api({ method: 'PATCH', path, body: { active: !webhook.active } }), onChanged);
  return (
    <li className={style.row}>
      <div className={style.rowText}>
        <p className={style.rowName} dir="auto">
          {webhook.name}
          {!webhook.active && <span className={style.rowNote}> · {words.channels.webhookPaused}</span>}
        </p>
        <p className={style.rowNote}>{webhook.url}</p>
        <details className={style.deliveries} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            <ChevronRight size={13} aria-hidden="true" />
            {words.channels.deliveries}
          </summary>
          {open && <Deliveries webhookId={webhook.id} />}
        </details>
      </div>
      <div className={style.rowButtons}>
        <Button
          small
          onClick={pause}
          aria-label={`${webhook.active ? words.channels.webhookPause : words.channels.webhookResume} ${webhook.name}`}
        >
          {webhook.active ? words.channels.webhookPause : words.channels.webhookResume}
        </Button>
        <Button small onClick={remove} aria-label={`${words.channels.webhookDelete} ${webhook.name}`}>
          {words.channels.webhookDelete}
        </Button>
      </div>
    </li>
  );
}

function Deliveries({ webhookId }: { webhookId: string }) {
  const { api, ui } = useDaymark();
  const place = usePlace();
  const run = useRun();
  const path = `/api/v1/webhooks/${webhookId}/deliveries`;
  const { items, problem, reload } = useFetched<Delivery>(
    (fetch) => fetch({ method: 'GET', path, query: { limit: deliveriesMax } }),
    path,
  );
  const again = (id: string): void =>
    run(
      () => api({ method: 'POST', path: `${path}/${id}/redeliver` }),
      () => {
        ui.say(words.channels.sentAgain);
        reload();
      },
    );
  return (
    <>
      <FormProblem text={problem} />
      {items?.length === 0 && <p className={style.rowNote}>{words.channels.deliveriesNone}</p>}
      <ul>
        {items?.map((delivery) => (
          <li key={delivery.id} className={style.delivery}>
            <span>
              {words.channels.states[delivery.state]}
              {delivery.reason && <span className={style.rowNote}> {delivery.reason}</span>}
            </span>
            <span className={style.rowNote}>
              {words.channels.attempts(delivery.attempts)} · {agoText(delivery.updated_at, place)}
            </span>
            {['dead', 'sent', 'suppressed'].includes(delivery.state) && (
              <Button small kind="quiet" onClick={() => again(delivery.id)}>
                {words.channels.again}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
