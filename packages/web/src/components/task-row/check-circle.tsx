import { words } from '../../text/words.ts';
import style from './check-circle.module.css';

type CheckCircleProps = {
  done: boolean;
  cancelled?: boolean;
  priority: 'high' | 'medium' | 'low' | null;
  title: string;
  large?: boolean;
  /** Out of the tab order where the row itself answers the keyboard. */
  inRow?: boolean;
  disabled?: boolean;
  onToggle: () => void;
};

/**
 * The circle that completes a task. Its ring says the priority twice, by colour and by form: high is thick with a
 * notch, medium thick, low thin and dashed, none thin.
 */
export function CheckCircle({
  done,
  cancelled = false,
  priority,
  title,
  large = false,
  inRow = false,
  disabled = false,
  onToggle,
}: CheckCircleProps) {
  const spoken = priority
    ? `${words.task.complete}: ${title}, ${words.task.priority} ${words.priorities[priority]}`
    : `${words.task.complete}: ${title}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a native checkbox cannot carry the ring that shows the priority.
    <button
      type="button"
      role="checkbox"
      aria-checked={done}
      aria-label={spoken}
      className={style.check}
      data-done={done || undefined}
      data-priority={priority ?? 'none'}
      data-large={large || undefined}
      tabIndex={inRow ? -1 : 0}
      disabled={disabled}
      onClick={(event) => {
        event.stopPropagation();
        onToggle();
      }}
    >
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <circle className={style.ring} cx="10" cy="10" r="7.5" pathLength="100" />
        <circle className={style.fill} cx="10" cy="10" r="8.5" />
        {cancelled ? (
          <path className={style.tick} d="M7 7l6 6M13 7l-6 6" pathLength="1" />
        ) : (
          <path className={style.tick} d="M6.2 10.4l2.6 2.6 5-5.6" pathLength="1" />
        )}
      </svg>
    </button>
  );
}
