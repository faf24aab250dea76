import { usePlace } from '../../app/use-place.ts';
import type { RulePreview } from '../../recurrence/rule-preview.ts';
import { localTexts } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import style from './recurrence-editor.module.css';

/** A rule read back: its sentence and its next dates, always in sight. */
export function RulePreviewBox({ preview }: { preview: RulePreview | null }) {
  const place = usePlace();
  return (
    <div className={style.preview} role="status" aria-live="polite">
      {preview === null && <p className={style.quiet}>{words.repeat.reading}</p>}
      {preview?.ok === false && <p className={style.problem}>{preview.problem || words.repeat.failed}</p>}
      {preview?.ok && (
        <>
          <p className={style.sentence}>{capital(preview.shown.text)}</p>
          {preview.dates.length === 0 ? (
            <p className={style.problem}>{words.repeat.noDates}</p>
          ) : (
            <ol className={style.dates} aria-label={words.repeat.next}>
              {localTexts(preview.dates, place, true).map((text, index) => (
                <li key={preview.dates[index]}>
                  <time dateTime={preview.dates[index]}>{text}</time>
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </div>
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
