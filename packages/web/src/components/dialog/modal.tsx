import { type ReactNode, useEffect, useId, useRef } from 'react';
import { createPortal } from 'react-dom';
import style from './modal.module.css';

type ModalProps = { title: string; hideTitle?: boolean; wide?: boolean; onClose: () => void; children: ReactNode };

/** A modal on the browser's own dialog: it keeps the focus within, gives it back, and closes with Esc or beside it. */
export function Modal({ title, hideTitle = false, wide = false, onClose, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // The browser would take the first field; a dialog may name a better one.
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => element?.close();
  }, []);
  return createPortal(
    <dialog
      ref={dialog}
      className={style.dialog}
      data-wide={wide || undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
      onKeyDown={(event) => event.key !== 'Escape' && event.stopPropagation()}
    >
      <div className={style.body}>
        <h2 id={id} className={hideTitle ? 'unseen' : style.title} dir="auto">
          {title}
        </h2>
        {children}
      </div>
    </dialog>,
    document.body,
  );
}
