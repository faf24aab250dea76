import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useDaymark, useUi } from '../../app/daymark-context.ts';
import { words } from '../../text/words.ts';
import { IconButton } from '../controls/button.tsx';
import { KeyHint } from '../controls/key-hint.tsx';
import style from './toaster.module.css';

const plainMs = 5000;
const problemMs = 10_000;

/** One sentence on what just happened, with the way back. It waits while it is pointed at or focused. */
export function Toaster() {
  const { ui, actions } = useDaymark();
  const toast = useUi((state) => state.toast);
  const lifted = useUi((state) => state.selection.length > 0);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setInterval(
      () => {
        const held = root.current?.matches(':hover, :focus-within');
        if (!held) ui.setState((state) => (state.toast?.id === toast.id ? { toast: null } : {}));
      },
      toast.tone === 'problem' ? problemMs : plainMs,
    );
    return () => clearInterval(timer);
  }, [toast, ui]);
  return (
    <div ref={root} className={style.place} data-lifted={lifted || undefined} role="status" aria-live="polite">
      {toast && (
        <div key={toast.id} className={style.toast} data-tone={toast.tone}>
          <span className={style.text}>{toast.text}</span>
          {toast.undo && (
            <button type="button" className={style.undo} onClick={() => actions.undo()}>
              {words.toast.undo} <KeyHint command="app.undo" />
            </button>
          )}
          {toast.tone === 'problem' && (
            <IconButton label={words.toast.dismiss} onClick={() => ui.setState({ toast: null })}>
              <X size={15} aria-hidden="true" />
            </IconButton>
          )}
        </div>
      )}
    </div>
  );
}
