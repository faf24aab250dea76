import { Plus } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useCommands, useDaymark, useEntities, useMe, useUi } from '../../app/daymark-context.ts';
import { movedRanges, type Range } from '../../quick-add/literal-ranges.ts';
import { type Chosen, draftFrom } from '../../quick-add/quick-add-draft.ts';
import { useLineReading } from '../../quick-add/use-line-reading.ts';
import { type DueValue, dueFields } from '../../store/due-value.ts';
import { ruleInput } from '../../store/inverse.ts';
import { words } from '../../text/words.ts';
import { positionBetween } from '../../views/place-between.ts';
import { Button } from '../controls/button.tsx';
import { LineReading } from './line-reading.tsx';
import style from './quick-add.module.css';
import { QuickAddChoices } from './quick-add-choices.tsx';
import { TintedLine } from './tinted-line.tsx';

export type QuickAddDefaults = { listId: string; date?: string; tags?: string[] };

type Line = { text: string; literals: readonly Range[] };
/** A date that was tapped instead of the understood one; it stands as long as the same is understood. */
type Instead = { due: DueValue; of: string };

const emptyLine: Line = { text: '', literals: [] };
const titleCharactersMax = 500;

/** The line that adds a task, understood while it is typed; what it does not say can be chosen below. Stays open for the next one. */
export function QuickAdd({ defaults }: { defaults: QuickAddDefaults }) {
  const { ui, actions, store } = useDaymark();
  const me = useMe();
  const input = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const readingId = useId();
  const lastId = useRef<string | null>(null);
  const [line, setLine] = useState(emptyLine);
  const [chosen, setChosen] = useState<Chosen>({});
  const [instead, setInstead] = useState<Instead | null>(null);
  const open = useUi((state) => state.quickAddOpen);
  const chosenSpace = useEntities((entities) => entities.lists[chosen.listId ?? defaults.listId]?.space_id);
  const reading = useLineReading(line.text, line.literals, chosenSpace ?? me.personal_space_id);
  const understood = JSON.stringify(reading?.due ?? null);
  const due = instead?.of === understood ? { due: instead.due } : {};
  const view = { ...defaults, zone: me.timezone };
  const draft = draftFrom(line.text, reading, { ...chosen, ...due }, view);
  const list = useEntities((entities) => entities.lists[draft.listId]);
  const setOpen = (quickAddOpen: boolean): void => ui.setState({ quickAddOpen });
  const isEmpty = line.text === '';

  const clear = (kept: Chosen = {}): void => {
    setLine(emptyLine);
    setChosen(kept);
    setInstead(null);
  };

  // The view's own list and day are the starting point, also after going to another view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the view's defaults begins a new draft.
  useEffect(() => {
    setChosen({});
    setInstead(null);
    lastId.current = null;
  }, [defaults.listId, defaults.date, defaults.tags?.join(',')]);
  useEffect(() => () => ui.setState({ quickAddOpen: false }), [ui]);
  useEffect(() => {
    if (open) input.current?.focus();
  }, [open]);

  useCommands({
    'app.add': () => {
      setOpen(true);
      input.current?.focus();
    },
  });

  const leave = (): void => {
    clear();
    setOpen(false);
    lastId.current = null;
    input.current?.blur();
    document.querySelector<HTMLElement>('li[data-task]')?.focus();
  };

  /** The first of a series stands on top, each next one below the one before. */
  const placeOfNext = (): string | undefined => {
    const siblings = Object.values(store.getState().replica.shown.tasks)
      .filter((task) => task.list_id === draft.listId && !task.parent_id && !task.deleted_at)
      .map((task) => ({ id: task.id, position: task.position }))
      .sort((a, b) => (a.position < b.position ? -1 : 1));
    const at = siblings.findIndex((task) => task.id === lastId.current);
    return positionBetween(at < 0 ? null : (siblings[at]?.position ?? null), siblings[at + 1]?.position ?? null);
  };

  const add = (event?: FormEvent): void => {
    event?.preventDefault();
    if (draft.title === '' || !list) return;
    const position = placeOfNext();
    const elsewhere = draft.listId !== defaults.listId;
    lastId.current = actions.createTask(
      {
        title: draft.title.slice(0, titleCharactersMax),
        space_id: list.space_id,
        list_id: list.id,
        priority: draft.priority,
        tag_names: draft.tags,
        ...dueFields(draft.due),
        ...(draft.recurrence ? { recurrence: ruleInput(draft.recurrence) } : {}),
        ...(draft.reminders.length > 0 ? { reminders: [...draft.reminders] } : {}),
        ...(draft.assigneeId ? { assignee_id: draft.assigneeId } : {}),
        ...(position ? { position } : {}),
      },
      { recurrence: draft.recurrence, ...(elsewhere ? { say: words.toast.added(list.name) } : {}) },
    );
    clear(chosen.listId ? { listId: chosen.listId } : {});
    input.current?.focus();
  };

  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !ui.getState().picker) {
      event.stopPropagation();
      leave();
    }
    if (event.key === 'Enter' && event.target === input.current && !event.nativeEvent.isComposing) {
      event.preventDefault();
      add();
    }
  };

  return (
    <form
      ref={form}
      className={style.add}
      data-open={open || !isEmpty || undefined}
      onSubmit={add}
      onKeyDown={keys}
      onFocus={() => setOpen(true)}
      onBlur={(event) => {
        const stays = form.current?.contains(event.relatedTarget) || ui.getState().picker !== null || !isEmpty;
        if (!stays) setOpen(false);
      }}
    >
      <div className={style.line}>
        <Plus size={18} strokeWidth={1.75} className={style.plus} aria-hidden="true" />
        <TintedLine
          ref={input}
          value={line.text}
          spans={reading?.spans ?? []}
          tip={!open}
          describedBy={reading && reading.spans.length > 0 ? readingId : undefined}
          onChange={(text) => setLine({ text, literals: movedRanges(line.literals, line.text, text) })}
          onLiteral={({ start, end }) => setLine({ ...line, literals: [...line.literals, { start, end }] })}
        />
      </div>
      {reading && reading.spans.length > 0 && (
        <LineReading
          id={readingId}
          reading={reading}
          onAlternative={({ date, time }) => {
            setInstead({ due: { date, time, zone: me.timezone }, of: understood });
            input.current?.focus();
          }}
        />
      )}
      <div className={style.choices} hidden={!open && isEmpty}>
        <QuickAddChoices draft={draft} onChoose={(change) => setChosen((before) => ({ ...before, ...change }))} />
        <span className={style.end}>
          <Button kind="primary" small type="submit" disabled={draft.title === ''}>
            {words.quickAdd.add}
          </Button>
        </span>
      </div>
    </form>
  );
}
