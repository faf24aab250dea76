import { type KeyboardEvent, type Ref, useEffect, useRef } from 'react';
import type { Range } from '../../quick-add/literal-ranges.ts';
import type { LineReading } from '../../quick-add/read-line.ts';
import { words } from '../../text/words.ts';
import style from './tinted-line.module.css';

type Span = LineReading['spans'][number];

type TintedLineProps = {
  ref: Ref<HTMLInputElement>;
  value: string;
  spans: readonly Span[];
  /** Whether the tooltip names the key that leads here. */
  tip: boolean;
  describedBy?: string | undefined;
  onChange: (value: string) => void;
  /** Esc or Backspace behind a tinted word: it is plain text. */
  onLiteral: (range: Range) => void;
};

const charactersMax = 1000;

/** The line to type in, what was understood tinted in place: the same text lies under the field, with marks for the spans. */
export function TintedLine({ ref, value, spans, tip, describedBy, onChange, onLiteral }: TintedLineProps) {
  const under = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement | null>(null);
  const follow = (): void => {
    if (under.current && field.current) under.current.scrollLeft = field.current.scrollLeft;
  };
  // A long line scrolls in the field; what lies under it goes along.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text may have scrolled the field.
  useEffect(follow, [value, spans]);

  const keys = (event: KeyboardEvent<HTMLInputElement>): void => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    if (event.nativeEvent.isComposing || selectionStart === null || selectionStart !== selectionEnd) return;
    if (event.key !== 'Escape' && event.key !== 'Backspace') return;
    const span = spanBefore(spans, selectionStart, value, event.key === 'Escape');
    if (!span) return;
    event.preventDefault();
    event.stopPropagation();
    onLiteral(span);
  };

  return (
    <div className={style.line}>
      <div ref={under} className={style.under} dir="auto" aria-hidden="true">
        {pieces(value, spans).map(({ text, kind, start }) =>
          kind ? (
            <mark key={start} className={style.span} data-kind={kind}>
              {text}
            </mark>
          ) : (
            <span key={start}>{text}</span>
          ),
        )}
      </div>
      <input
        ref={(element) => {
          field.current = element;
          if (typeof ref === 'function') ref(element);
          else if (ref) ref.current = element;
        }}
        className={style.field}
        value={value}
        maxLength={charactersMax}
        placeholder={words.quickAdd.placeholder}
        aria-label={words.quickAdd.label}
        aria-describedby={describedBy}
        dir="auto"
        autoComplete="off"
        enterKeyHint="done"
        data-tip={tip ? words.places.add : undefined}
        data-tip-command="app.add"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={keys}
        onScroll={follow}
        onSelect={follow}
      />
    </div>
  );
}

/** The span that ends at the caret, blanks between them passed over; with `within` also one around it. */
function spanBefore(spans: readonly Span[], caret: number, text: string, within: boolean): Span | undefined {
  const end = within ? text.slice(0, caret).trimEnd().length : caret;
  return spans.find(
    (span) =>
      span.kind !== 'literal' &&
      span.kind !== 'escape' &&
      (span.end === end || (within && span.start < caret && caret <= span.end)),
  );
}

function pieces(text: string, spans: readonly Span[]): { text: string; kind: string | null; start: number }[] {
  const cut: { text: string; kind: string | null; start: number }[] = [];
  let from = 0;
  for (const { start, end, kind } of spans) {
    if (start > from) cut.push({ text: text.slice(from, start), kind: null, start: from });
    cut.push({ text: text.slice(start, end), kind, start });
    from = end;
  }
  if (from < text.length) cut.push({ text: text.slice(from), kind: null, start: from });
  return cut;
}
