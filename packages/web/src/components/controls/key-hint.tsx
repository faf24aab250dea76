import { Fragment } from 'react';
import { type CommandId, keyMap } from '../../keys/key-map.ts';
import { isMac, strokesText } from '../../keys/match-keys.ts';
import { words } from '../../text/words.ts';
import style from './key-hint.module.css';

/** The key of a command, drawn. Nothing when it has none. */
export function KeyHint({ command, keys }: { command?: CommandId; keys?: string }) {
  const shown = keys ?? (command ? (keyMap[command].keys as readonly string[])[0] : undefined);
  if (!shown) return null;
  const strokes = strokesText(shown, isMac());
  return (
    <span className={style.hint}>
      {strokes.map((parts, index) => (
        <Fragment key={parts.join('+')}>
          {index > 0 && <span className="unseen"> {words.keys.afterwards} </span>}
          {parts.map((part) => (
            <kbd key={part} className={style.key}>
              {part}
            </kbd>
          ))}
        </Fragment>
      ))}
    </span>
  );
}
