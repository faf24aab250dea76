import { useDaymark } from '../../app/daymark-context.ts';
import { Button } from '../../components/controls/button.tsx';
import { words } from '../../text/words.ts';
import style from './settings.module.css';

/** Something that is shown once: the text, and how to take it along. */
export function SecretBox({ note, secret, onDone }: { note: string; secret: string; onDone: () => void }) {
  const { ui } = useDaymark();
  const copy = (): void => {
    void navigator.clipboard?.writeText(secret).then(() => ui.say(words.toast.copied));
  };
  return (
    <div className={style.secret} role="status">
      <p>{note}</p>
      <code>{secret}</code>
      <div className={style.buttons}>
        <Button small kind="primary" onClick={copy}>
          {words.settings.copy}
        </Button>
        <Button small onClick={onDone}>
          {words.settings.done}
        </Button>
      </div>
    </div>
  );
}
