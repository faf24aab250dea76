import { useEffect } from 'react';
import { worksWhileTyping } from '../keys/key-map.ts';
import { createKeyMatcher } from '../keys/match-keys.ts';
import { useDaymark } from './daymark-context.ts';

const typed = 'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]';

/** Turns key presses into commands. None fires while something is typed, save the palette and Esc. */
export function useGlobalKeys(): void {
  const { commands, ui } = useDaymark();
  useEffect(() => {
    const match = createKeyMatcher();
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const target = event.target as Element;
      const typing = target.closest?.(typed) !== null;
      const { dialog, picker } = ui.getState();
      const stroke = {
        key: event.key,
        ctrl: event.ctrlKey,
        meta: event.metaKey,
        alt: event.altKey,
        shift: event.shiftKey,
      };
      const { command } = match(stroke, event.timeStamp);
      if (!command) return;
      if ((typing || dialog || picker) && !worksWhileTyping.includes(command)) return;
      if ((dialog || picker) && command === 'app.escape') return;
      // Enter and Space on a focused button or link are that button's own.
      const own = target.closest?.('button, a, summary, [role="button"]');
      if (own && (event.key === 'Enter' || event.key === ' ')) return;
      if (commands.run(command)) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [commands, ui]);
}
