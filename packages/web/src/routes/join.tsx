import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../api/client.ts';
import { problemText } from '../api/problem-text.ts';
import { useDaymark, useDaymarkState } from '../app/daymark-context.ts';
import { Button } from '../components/controls/button.tsx';
import { FormProblem } from '../components/controls/field.tsx';
import { words } from '../text/words.ts';
import style from './account.module.css';
import { AccountPage, useSubmit } from './account.tsx';

type Offer = { space_name: string; role: keyof typeof words.roles; invited_by: string };

/** Where an invitation's link leads: what one is invited to, and joining it. */
export function JoinScreen() {
  const { token } = useParams({ strict: false }) as { token: string };
  const { api, session, ui } = useDaymark();
  const navigate = useNavigate();
  const signedIn = useDaymarkState((state) => state.session === 'signed-in');
  const [offer, setOffer] = useState<Offer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    api<Offer>({ method: 'GET', path: `/api/v1/invitations/${encodeURIComponent(token)}` }).then(
      setOffer,
      (cause: unknown) =>
        setProblem(
          cause instanceof ApiProblem && cause.status === 404 ? words.errors.tokenInvalid : problemText(cause),
        ),
    );
  }, [api, token]);
  const form = useSubmit(async () => {
    await api({ method: 'POST', path: `/api/v1/invitations/${encodeURIComponent(token)}/accept`, body: {} });
    await session.refreshSpaces();
    ui.say(words.account.joined(offer?.space_name ?? ''));
    await navigate({ to: '/today', replace: true });
  });
  if (!offer) {
    return (
      <AccountPage title={problem ? words.errors.notFound : words.account.working}>
        <p className={style.text}>{problem}</p>
      </AccountPage>
    );
  }
  const after = `/join/${token}`;
  return (
    <AccountPage title={words.account.joinTitle(offer.space_name)}>
      <p className={style.text}>{words.account.joinBody(offer.invited_by, words.roles[offer.role])}</p>
      {signedIn ? (
        <form className={style.form} onSubmit={form.onSubmit}>
          <FormProblem text={form.problem} />
          <Button kind="primary" type="submit" disabled={form.busy}>
            {words.account.join}
          </Button>
        </form>
      ) : (
        <>
          <p className={style.text}>{words.account.joinSignedOut}</p>
          <p className={style.choices}>
            <Link to="/sign-up" search={{ after }} className={style.primary}>
              {words.account.signUp}
            </Link>
            <Link to="/sign-in" search={{ after }} className={style.link}>
              {words.account.signIn}
            </Link>
          </p>
        </>
      )}
    </AccountPage>
  );
}
