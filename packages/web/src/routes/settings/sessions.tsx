import type { Session } from '@daymark/core/contract/person.ts';
import { useDaymark } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { Button } from '../../components/controls/button.tsx';
import { FormProblem } from '../../components/controls/field.tsx';
import { clientName } from '../../text/client-name.ts';
import { agoText } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';
import { useFetched, useRun } from './use-fetched.ts';

export function SessionsScreen() {
  const { api, ui } = useDaymark();
  const place = usePlace();
  const run = useRun();
  const { items, problem, reload } = useFetched<Session>(
    (fetch) => fetch({ method: 'GET', path: '/api/v1/sessions' }),
    'sessions',
  );
  const end = async (ids: string[]): Promise<void> => {
    for (const id of ids) await api({ method: 'DELETE', path: `/api/v1/sessions/${id}` });
  };
  const ended = (): void => {
    ui.say(words.settings.sessionEnded);
    reload();
  };
  const others = (items ?? []).filter((session) => !session.current).map((session) => session.id);
  return (
    <SettingsPage title={words.settings.sessions} note={words.settings.sessionsNote}>
      <FormProblem text={problem} />
      <ul className={style.rows}>
        {items?.map((session) => (
          <li key={session.id} className={style.row}>
            <div className={style.rowText}>
              <p className={style.rowName}>{clientName(session.client) ?? words.settings.sessionUnknown}</p>
              <p className={style.rowNote}>
                {[session.address, words.settings.sessionUsed(agoText(session.last_used_at, place))]
                  .filter(Boolean)
                  .join(' · ')}
              </p>
            </div>
            {session.current ? (
              <span className={style.here}>{words.settings.sessionCurrent}</span>
            ) : (
              <Button small onClick={() => run(() => end([session.id]), ended)}>
                {words.settings.sessionEnd}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <Button kind="danger" onClick={() => run(() => end(others), ended)}>
          {words.settings.endOthers}
        </Button>
      )}
    </SettingsPage>
  );
}
