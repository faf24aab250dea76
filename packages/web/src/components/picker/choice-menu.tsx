import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { MenuItem } from '../../store/ui-store.ts';
import style from './choices.module.css';

/** A menu of actions: arrows walk, a letter jumps, Enter runs. */
export function ChoiceMenu({
  label,
  items,
  onClose,
}: {
  label: string;
  items: readonly MenuItem[];
  onClose: () => void;
}) {
  const root = useRef<HTMLDivElement>(null);
  const enabled = () => [...(root.current?.querySelectorAll<HTMLButtonElement>('button:not(:disabled)') ?? [])];
  useEffect(() => {
    root.current?.querySelector<HTMLButtonElement>('button:not(:disabled)')?.focus();
  }, []);
  const keys = (event: KeyboardEvent): void => {
    const all = enabled();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const go = (index: number): void => {
      event.preventDefault();
      all[(index + all.length) % all.length]?.focus();
    };
    if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') go(at - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(all.length - 1);
    else if (event.key === 'Tab') {
      event.preventDefault();
      onClose();
    } else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLowerCase();
      const next = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((one) =>
        one.textContent?.trim().toLowerCase().startsWith(letter),
      );
      next?.focus();
    }
  };
  return (
    <div ref={root} role="menu" tabIndex={-1} aria-label={label} className={style.menu} onKeyDown={keys}>
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          role="menuitem"
          className={style.item}
          data-danger={item.danger || undefined}
          data-separated={item.separated || undefined}
          disabled={item.disabled}
          onPointerMove={(event) => event.currentTarget.focus()}
          onClick={() => {
            onClose();
            item.run();
          }}
        >
          {item.icon && (
            <span className={style.icon} aria-hidden="true">
              {item.icon}
            </span>
          )}
          <span className={style.name}>{item.label}</span>
          {item.key && <kbd className={style.key}>{item.key}</kbd>}
        </button>
      ))}
    </div>
  );
}
