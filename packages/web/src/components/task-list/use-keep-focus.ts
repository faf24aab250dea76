import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';

const rowSelector = 'li[data-task]';
const focusedRow = (): HTMLElement | null => document.activeElement?.closest<HTMLElement>(rowSelector) ?? null;

/**
 * Keeps the keyboard on its row. A row that moves is taken out of the page and put back, which loses the focus; a row that
 * leaves gives it to the one that takes its place, never to the top of the page.
 */
export function useKeepFocus(root: RefObject<HTMLElement | null>, ids: readonly string[]): void {
  const last = useRef<{ id: string; index: number } | null>(null);

  useLayoutEffect(() => {
    const before = last.current;
    if (before && document.activeElement === document.body) {
      const rows = [...(root.current?.querySelectorAll<HTMLElement>(rowSelector) ?? [])];
      const same = rows.find((row) => row.dataset.task === before.id);
      (same ?? rows[before.index] ?? rows.at(-1))?.focus({ preventScroll: true });
    }
    const id = focusedRow()?.dataset.task;
    if (id) last.current = { id, index: ids.indexOf(id) };
  });

  useEffect(() => {
    const entered = (): void => {
      const id = focusedRow()?.dataset.task;
      last.current = id ? { id, index: ids.indexOf(id) } : null;
    };
    const left = (event: FocusEvent): void => {
      const row = event.target as Element;
      // Left on purpose: the row is still there, and nothing else has the focus once this event is over.
      queueMicrotask(() => {
        if (row.isConnected && document.activeElement === document.body) last.current = null;
      });
    };
    document.addEventListener('focusin', entered);
    document.addEventListener('focusout', left);
    return () => {
      document.removeEventListener('focusin', entered);
      document.removeEventListener('focusout', left);
    };
  }, [ids]);
}
