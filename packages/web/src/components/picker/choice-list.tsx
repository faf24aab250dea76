import { Check } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { words } from '../../text/words.ts';
import style from './choices.module.css';
import { rankChoices } from './rank-choices.ts';

export type Choice = {
  id: string;
  name: string;
  /** Found by these words too. */
  also?: string;
  icon?: ReactNode;
  detail?: ReactNode;
  group?: string;
  checked?: boolean | 'mixed';
};

type ChoiceListProps = {
  label: string;
  choices: readonly Choice[];
  placeholder?: string;
  /** Without it the list has no line to type in and is short. */
  search?: boolean;
  multiple?: boolean;
  onPick: (id: string) => void;
  /** Offered when what was typed is no choice yet. */
  onCreate?: (name: string) => void;
  onQuery?: (query: string) => void;
  /** Told of the choice that the keyboard or the pointer stands on. */
  onActive?: (id: string) => void;
  tall?: boolean;
};

/** How many choices are drawn; typing narrows the rest. */
const shownMax = 60;
const createId = 'create';

/** A line to type in above a list: the pattern of every choice and of the palette. The focus stays in the line. */
export function ChoiceList({
  label,
  choices,
  placeholder,
  search = true,
  multiple = false,
  onPick,
  onCreate,
  onQuery,
  onActive,
  tall = false,
}: ChoiceListProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState('');
  const ranked = rankChoices(choices, query).slice(0, shownMax);
  const exact = choices.some((choice) => choice.name.toLowerCase() === query.trim().toLowerCase());
  const creatable = onCreate !== undefined && query.trim() !== '' && !exact;
  const ids = [...ranked.map((choice) => choice.id), ...(creatable ? [createId] : [])];
  const [active, setActive] = useState<string | null>(
    () => choices.find((choice) => choice.checked === true)?.id ?? null,
  );
  const current = active && ids.includes(active) ? active : (ids[0] ?? null);

  useEffect(() => {
    (search ? field.current : list.current)?.focus();
  }, [search]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new active option is the reason to look.
  useEffect(() => {
    list.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new active option is worth a word.
  useEffect(() => {
    if (current) onActive?.(current);
  }, [current]);

  const pick = (choiceId: string | null): void => {
    if (choiceId === null) return;
    if (choiceId === createId) onCreate?.(query.trim());
    else onPick(choiceId);
    if (multiple) setQuery('');
  };

  const keys = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const at = current ? ids.indexOf(current) : -1;
    const go = (index: number): void => {
      event.preventDefault();
      setActive(ids[(index + ids.length) % ids.length] ?? null);
    };
    if (event.key === 'ArrowDown') go(at + 1);
    else if (event.key === 'ArrowUp') go(at - 1);
    else if (event.key === 'Enter' || (!search && event.key === ' ')) {
      event.preventDefault();
      pick(current);
    } else if (!search && /^[a-z1-9]$/i.test(event.key)) {
      const digit = Number(event.key);
      const found = digit
        ? choices[digit - 1]
        : choices.find((choice) => choice.name.toLowerCase().startsWith(event.key.toLowerCase()));
      if (found) pick(found.id);
    }
  };

  let group: string | undefined;
  const optionId = (choiceId: string) => `${id}-${choiceId}`;
  const listbox = {
    id: `${id}-list`,
    role: 'listbox',
    'aria-label': label,
    'aria-multiselectable': multiple || undefined,
  } as const;
  return (
    <div className={style.choices}>
      {search && (
        <input
          ref={field}
          className={style.search}
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={current ? optionId(current) : undefined}
          aria-label={label}
          placeholder={placeholder ?? label}
          autoComplete="off"
          spellCheck={false}
          value={query}
          onKeyDown={keys}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(null);
            onQuery?.(event.target.value);
          }}
        />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it is the listbox that its spread properties say. */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: a listbox supports an active descendant. */}
      <div
        ref={list}
        {...listbox}
        className={style.list}
        data-tall={tall || undefined}
        tabIndex={search ? -1 : 0}
        aria-activedescendant={!search && current ? optionId(current) : undefined}
        onKeyDown={search ? undefined : keys}
      >
        {ranked.map((choice) => {
          const heading = choice.group !== group ? choice.group : undefined;
          group = choice.group;
          return (
            <div key={choice.id} role="presentation">
              {heading && (
                <div className={style.heading} role="presentation">
                  {heading}
                </div>
              )}
              <Option
                id={optionId(choice.id)}
                choice={choice}
                active={choice.id === current}
                onPoint={() => setActive(choice.id)}
                onPick={() => pick(choice.id)}
              />
            </div>
          );
        })}
        {creatable && (
          <Option
            id={optionId(createId)}
            choice={{ id: createId, name: words.combo.create(query.trim()) }}
            active={current === createId}
            onPoint={() => setActive(createId)}
            onPick={() => pick(createId)}
          />
        )}
      </div>
      {ids.length === 0 && <p className={style.none}>{words.combo.none}</p>}
    </div>
  );
}

type OptionProps = { id: string; choice: Choice; active: boolean; onPoint: () => void; onPick: () => void };

function Option({ id, choice, active, onPoint, onPick }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above it has the focus and answers the keyboard.
    // biome-ignore lint/a11y/useFocusableInteractive: options of a combobox are not focused themselves.
    <div
      id={id}
      role="option"
      aria-selected={choice.checked === undefined ? active : choice.checked === true}
      className={style.item}
      data-active={active || undefined}
      onPointerMove={onPoint}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onPick}
    >
      {choice.icon && (
        <span className={style.icon} aria-hidden="true">
          {choice.icon}
        </span>
      )}
      <span className={style.name} dir="auto">
        {choice.name}
      </span>
      {choice.detail && <span className={style.key}>{choice.detail}</span>}
      {choice.checked === true && <Check size={15} className={style.check} aria-hidden="true" />}
      {choice.checked === 'mixed' && (
        <span className={style.mixed} aria-hidden="true">
          –
        </span>
      )}
    </div>
  );
}
