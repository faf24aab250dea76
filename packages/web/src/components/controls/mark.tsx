import style from './mark.module.css';

/** The product's sign: a daymark on its base above the water line. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg viewBox="4 4 24 25" width={size} height={size} className={style.mark} aria-hidden="true">
      <path d="M16 5.5 22.5 16h-13z" />
      <path d="M11.2 18.2h9.6l1.7 5.3h-13z" opacity=".62" />
      <path d="M5.5 27h21" className={style.water} />
    </svg>
  );
}

/** The dot of a list, in its colour. An Inbox has the ring of an open tray instead. */
export function ListDot({ colour }: { colour: string }) {
  return <span className={style.dot} data-colour={colour} aria-hidden="true" />;
}
