import style from './priority-sign.module.css';

/** The ring of a priority, as the check circle draws it. */
export function PrioritySign({ priority }: { priority: 'high' | 'medium' | 'low' | null }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width="16"
      height="16"
      className={style.sign}
      data-priority={priority ?? 'none'}
      aria-hidden="true"
    >
      <circle cx="10" cy="10" r="7.5" pathLength="100" />
    </svg>
  );
}
