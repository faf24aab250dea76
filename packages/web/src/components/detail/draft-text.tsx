import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';

type DraftTextProps = {
  className: string;
  label: string;
  value: string;
  charactersMax: number;
  placeholder?: string;
  readOnly: boolean;
  required?: boolean;
  /** One line in meaning: Enter ends it. */
  line?: boolean;
  onSave: (value: string, before: string) => void;
};

/** So long after the last key the text is kept. */
const pauseMs = 700;

/** Text that is kept while it is typed. What arrives from elsewhere shows at once unless this field is being typed in. */
export function DraftText({
  className,
  label,
  value,
  charactersMax,
  placeholder,
  readOnly,
  required = false,
  line = false,
  onSave,
}: DraftTextProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** The text as it was when writing began, or as it was last kept. */
  const before = useRef(value);
  const latest = useRef({ draft, onSave });
  latest.current = { draft, onSave };

  const save = (): void => {
    clearTimeout(timer.current);
    const { draft: text, onSave: keep } = latest.current;
    const cleaned = text === null ? null : line ? text.replace(/\s*\n\s*/g, ' ').trim() : text;
    if (cleaned === null || cleaned === before.current || (required && cleaned === '')) return;
    keep(cleaned, before.current);
    before.current = cleaned;
  };
  const saveLatest = useRef(save);
  saveLatest.current = save;
  // What was typed last is kept when the task is left.
  useEffect(() => () => saveLatest.current(), []);
  useLayoutEffect(() => {
    const element = area.current;
    if (!element || CSS.supports('field-sizing', 'content')) return;
    element.style.blockSize = 'auto';
    element.style.blockSize = `${element.scrollHeight}px`;
  });

  const keys = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const ends = event.key === 'Enter' && (line || event.metaKey || event.ctrlKey);
    if (ends) {
      event.preventDefault();
      area.current?.blur();
    }
    if (event.key === 'Escape') {
      event.stopPropagation();
      area.current?.blur();
      area.current?.closest<HTMLElement>('[data-task]')?.focus();
    }
  };

  return (
    <textarea
      ref={area}
      className={className}
      aria-label={label}
      placeholder={placeholder}
      value={draft ?? value}
      maxLength={charactersMax}
      readOnly={readOnly}
      rows={1}
      dir="auto"
      onKeyDown={keys}
      onChange={(event) => {
        if (draft === null) before.current = value;
        setDraft(event.target.value);
        clearTimeout(timer.current);
        timer.current = setTimeout(save, pauseMs);
      }}
      onBlur={() => {
        save();
        setDraft(null);
      }}
    />
  );
}
