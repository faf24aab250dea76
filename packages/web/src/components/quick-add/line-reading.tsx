import { usePlace } from '../../app/use-place.ts';
import type { LineReading as Reading } from '../../quick-add/read-line.ts';
import { localTexts } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import style from './line-reading.module.css';

type Alternative = Reading['alternatives'][number];
type LineReadingProps = { id: string; reading: Reading; onAlternative: (alternative: Alternative) => void };

/** What the line means, read back in words, with the next dates of a rule and what else a date could have meant. */
export function LineReading({ id, reading, onAlternative }: LineReadingProps) {
  const place = usePlace();
  return (
    <div id={id} className={style.reading} role="status" aria-live="polite">
      {reading.text !== '' && <p className={style.text}>{reading.text}</p>}
      {reading.next.length > 0 && (
        <p className={style.next}>
          {words.understood.next}{' '}
          {localTexts(reading.next, place).map((text, index) => (
            <span key={reading.next[index]}>
              {index > 0 && ' · '}
              <time dateTime={reading.next[index]}>{text}</time>
            </span>
          ))}
        </p>
      )}
      {reading.alternatives.length > 0 && (
        <p className={style.next}>
          {words.understood.orElse}{' '}
          {reading.alternatives.map((alternative) => (
            <button
              key={alternative.text}
              type="button"
              className={style.alternative}
              onClick={() => onAlternative(alternative)}
            >
              {alternative.text}
            </button>
          ))}
        </p>
      )}
      <p className="unseen">{words.understood.hint}</p>
    </div>
  );
}
