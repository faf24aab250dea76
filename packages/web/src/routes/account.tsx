import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { ApiProblem } from '../api/client.ts';
import { problemText } from '../api/problem-text.ts';
import { useDaymark, useDaymarkState } from '../app/daymark-context.ts';
import { Button } from '../components/controls/button.tsx';
import { FormProblem, TextField } from '../components/controls/field.tsx';
import { Mark } from '../components/controls/mark.tsx';
import { words } from '../text/words.ts';
import { deviceZone } from '../text/zone-time.ts';
import style from './account.module.css';

/** Where an invitation leads; its token lets a person in where sign-up is closed. */
const joinPath = '/join/';
const passwordCharactersMin = 8;
const passwordCharactersMax = 128;

/** The quiet page that stands before the application: the sign, one form, one way elsewhere. */
export function AccountPage({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title]);
  return (
    <main className={style.page}>
      <div className={style.column}>
        <p className={style.brand}>
          <Mark size={28} />
          {words.product}
        </p>
        <h1 className={style.title}>{title}</h1>
        {children}
      </div>
    </main>
  );
}

/** Runs a form's request; says what went wrong and lets it be tried again. */
export function useSubmit(submit: () => Promise<void>) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    submit()
      .catch((cause: unknown) => setProblem(problemText(cause)))
      .finally(() => setBusy(false));
  };
  return { problem, busy, onSubmit };
}

export function SignInScreen() {
  const { session } = useDaymark();
  const { after: target } = useSearch({ strict: false }) as { after?: string };
  const closed = useDaymarkState((state) => state.config?.sign_up === 'closed');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const form = useSubmit(async () => {
    // The gate around this screen leads on as soon as someone is signed in.
    await session.signIn(email.trim(), password);
  });
  return (
    <AccountPage title={words.account.signInTitle}>
      <form className={style.form} onSubmit={form.onSubmit}>
        <TextField
          label={words.account.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          label={words.account.password}
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        <FormProblem text={form.problem} />
        <Button kind="primary" type="submit" disabled={form.busy}>
          {words.account.signIn}
        </Button>
      </form>
      <p className={style.note}>
        <Link to="/forgot-password" className={style.link}>
          {words.account.forgot}
        </Link>
      </p>
      {!closed && (
        <p className={style.note}>
          {words.account.noAccount}{' '}
          <Link to="/sign-up" search={target ? { after: target } : {}} className={style.link}>
            {words.account.signUp}
          </Link>
        </p>
      )}
    </AccountPage>
  );
}

export function SignUpScreen() {
  const { session } = useDaymark();
  const { after: target } = useSearch({ strict: false }) as { after?: string };
  const closed = useDaymarkState((state) => state.config?.sign_up === 'closed');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const timezone = deviceZone();
  const form = useSubmit(async () => {
    const invitation = target?.startsWith(joinPath) ? { invitation: target.slice(joinPath.length) } : {};
    await session.signUp({ name: name.trim(), email: email.trim(), password, timezone, ...invitation });
  });
  const signIn = (
    <p className={style.note}>
      {words.account.hasAccount}{' '}
      <Link to="/sign-in" search={target ? { after: target } : {}} className={style.link}>
        {words.account.signIn}
      </Link>
    </p>
  );
  // An invitation lets people in also where sign-up is closed.
  if (closed && !target?.startsWith(joinPath)) {
    return (
      <AccountPage title={words.account.closedTitle}>
        <p className={style.text}>{words.errors.signUpClosed}</p>
        {signIn}
      </AccountPage>
    );
  }
  return (
    <AccountPage title={words.account.signUpTitle}>
      <form className={style.form} onSubmit={form.onSubmit}>
        <TextField
          label={words.account.name}
          name="name"
          autoComplete="name"
          required
          maxLength={100}
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label={words.account.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          label={words.account.password}
          note={words.account.passwordHint}
          autoComplete="new-password"
          value={password}
          onChange={setPassword}
        />
        <p className={style.text}>{words.account.timezoneGuessed(timezone.replaceAll('_', ' '))}</p>
        <FormProblem text={form.problem} />
        <Button kind="primary" type="submit" disabled={form.busy}>
          {words.account.signUp}
        </Button>
      </form>
      {signIn}
    </AccountPage>
  );
}

type PasswordFieldProps = {
  label: string;
  note?: string;
  autoComplete: string;
  value: string;
  onChange: (value: string) => void;
};

export function PasswordField({ label, note, autoComplete, value, onChange }: PasswordFieldProps) {
  const [seen, setSeen] = useState(false);
  const fresh = autoComplete === 'new-password';
  return (
    <div className={style.password}>
      <TextField
        label={label}
        note={note}
        type={seen ? 'text' : 'password'}
        name={autoComplete}
        autoComplete={autoComplete}
        required
        minLength={fresh ? passwordCharactersMin : 1}
        maxLength={passwordCharactersMax}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <button type="button" className={style.see} onClick={() => setSeen(!seen)}>
        {seen ? words.account.hidePassword : words.account.showPassword}
      </button>
    </div>
  );
}

/** Asks for a link to set a new password. Whether there is such an account is not told. */
export function ForgotPasswordScreen() {
  const { api } = useDaymark();
  const [email, setEmail] = useState('');
  const [answer, setAnswer] = useState<string | null>(null);
  const form = useSubmit(async () => {
    const body = { email: email.trim() };
    await api({ method: 'POST', path: '/api/auth/request-password-reset', body }).then(
      () => setAnswer(words.account.forgotSent),
      (cause: unknown) => {
        // A server without mail says so to everyone alike.
        if (!(cause instanceof ApiProblem) || cause.status !== 403) throw cause;
        setAnswer(words.account.forgotNoMail);
      },
    );
  });
  return (
    <AccountPage title={words.account.forgotTitle}>
      {answer ? (
        <p className={style.text} role="status">
          {answer}
        </p>
      ) : (
        <form className={style.form} onSubmit={form.onSubmit}>
          <TextField
            label={words.account.email}
            type="email"
            name="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
          <FormProblem text={form.problem} />
          <Button kind="primary" type="submit" disabled={form.busy}>
            {words.account.forgotDo}
          </Button>
        </form>
      )}
      <p className={style.note}>
        <Link to="/sign-in" className={style.link}>
          {words.account.signIn}
        </Link>
      </p>
    </AccountPage>
  );
}

export function ResetPasswordScreen() {
  const { api, ui } = useDaymark();
  const navigate = useNavigate();
  const { token } = useSearch({ strict: false }) as { token?: string };
  const [password, setPassword] = useState('');
  const form = useSubmit(async () => {
    await api({ method: 'POST', path: '/api/auth/reset-password', body: { new_password: password, token } });
    ui.say(words.account.resetDone);
    await navigate({ to: '/sign-in', replace: true });
  });
  return (
    <AccountPage title={words.account.resetTitle}>
      {token ? (
        <form className={style.form} onSubmit={form.onSubmit}>
          <PasswordField
            label={words.account.newPassword}
            note={words.account.passwordHint}
            autoComplete="new-password"
            value={password}
            onChange={setPassword}
          />
          <FormProblem text={form.problem} />
          <Button kind="primary" type="submit" disabled={form.busy}>
            {words.account.resetDo}
          </Button>
        </form>
      ) : (
        <p className={style.text}>{words.errors.tokenInvalid}</p>
      )}
    </AccountPage>
  );
}
