import { CalendarDays, Flag, Hash, List as ListIcon, Plus } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useCommands, useDaymark, useEntities, useMe, useUi } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import { type DueValue, dueFields } from '../../store/due-value.ts';
import { dueBadge } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { positionBetween } from '../../views/place-between.ts';
import { Button } from '../controls/button.tsx';
import style from './quick-add.module.css';

export type QuickAddDefaults = { listId: string; date?: string; tags?: string[] };

type Draft = { due: DueValue; priority: 'high' | 'medium' | 'low' | null; listId: string; tags: string[] };

const titleCharactersMax = 500;

/** The line that adds a task: a title, and what else is known chosen beside it. Stays open for the next one. */
export function QuickAdd({ defaults }: { defaults: QuickAddDefaults }) {
  const { ui, actions, store } = useDaymark();
  const me = useMe();
  const place = usePlace();
  const input = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const lastId = useRef<string | null>(null);
  const [title, setTitle] = useState('');
  const open = useUi((state) => state.quickAddOpen);
  const fresh = (): Draft => ({
    due: { date: defaults.date ?? null, time: null, zone: me.timezone },
    priority: null,
    listId: defaults.listId,
    tags: defaults.tags ?? [],
  });
  const [draft, setDraft] = useState<Draft>(fresh);
  const list = useEntities((entities) => entities.lists[draft.listId]);
  const setOpen = (quickAddOpen: boolean): void => ui.setState({ quickAddOpen });

  // The view's own list and day are the starting point, also after going to another view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the view's defaults begins a new draft.
  useEffect(() => {
    setDraft(fresh());
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
    setTitle('');
    setDraft(fresh());
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
    const text = title.trim();
    if (text === '' || !list) return;
    const position = placeOfNext();
    const elsewhere = draft.listId !== defaults.listId;
    lastId.current = actions.createTask(
      {
        title: text,
        space_id: list.space_id,
        list_id: list.id,
        priority: draft.priority,
        tag_names: draft.tags,
        ...dueFields(draft.due),
        ...(position ? { position } : {}),
      },
      elsewhere ? words.toast.added(list.name) : undefined,
    );
    setTitle('');
    setDraft({ ...fresh(), listId: draft.listId });
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

  const badge = dueBadge({ ...dueFields(draft.due) }, place);
  return (
    <form
      ref={form}
      className={style.add}
      data-open={open || title !== '' || undefined}
      onSubmit={add}
      onKeyDown={keys}
      onFocus={() => setOpen(true)}
      onBlur={(event) => {
        const stays = form.current?.contains(event.relatedTarget) || ui.getState().picker !== null || title !== '';
        if (!stays) setOpen(false);
      }}
    >
      <div className={style.line}>
        <Plus size={18} strokeWidth={1.75} className={style.plus} aria-hidden="true" />
        <input
          ref={input}
          className={style.title}
          value={title}
          maxLength={titleCharactersMax}
          placeholder={words.quickAdd.placeholder}
          aria-label={words.quickAdd.label}
          dir="auto"
          autoComplete="off"
          enterKeyHint="done"
          data-tip={open ? undefined : words.places.add}
          data-tip-command="app.add"
          onChange={(event) => setTitle(event.target.value)}
        />
      </div>
      <div className={style.choices} hidden={!open && title === ''}>
        <button
          type="button"
          className={style.choice}
          data-set={badge !== null || undefined}
          aria-label={badge ? words.task.due_(badge.exact) : words.task.setDue}
          onClick={(event) =>
            ui.openPicker(
              {
                kind: 'due',
                title: words.task.due,
                withTime: true,
                value: draft.due,
                pick: (due) => setDraft((before) => ({ ...before, due })),
              },
              event.currentTarget,
            )
          }
        >
          <CalendarDays size={14} aria-hidden="true" />
          {badge?.text ?? words.task.due}
        </button>
        <button
          type="button"
          className={style.choice}
          data-set={draft.priority !== null || undefined}
          data-priority={draft.priority ?? undefined}
          onClick={(event) =>
            ui.openPicker(
              {
                kind: 'priority',
                value: draft.priority,
                pick: (priority) => setDraft((before) => ({ ...before, priority })),
              },
              event.currentTarget,
            )
          }
        >
          <Flag size={14} aria-hidden="true" />
          {draft.priority ? words.priorities[draft.priority] : words.task.priority}
        </button>
        <button
          type="button"
          className={style.choice}
          data-set={draft.tags.length > 0 || undefined}
          onClick={(event) =>
            list &&
            ui.openPicker(
              {
                kind: 'tags',
                spaceId: list.space_id,
                value: draft.tags,
                toggle: (name, on) =>
                  setDraft((before) => ({
                    ...before,
                    tags: on ? [...before.tags, name] : before.tags.filter((one) => one !== name),
                  })),
              },
              event.currentTarget,
            )
          }
        >
          <Hash size={14} aria-hidden="true" />
          {draft.tags.length > 0 ? draft.tags.join(', ') : words.task.tags}
        </button>
        <button
          type="button"
          className={style.choice}
          aria-label={`${words.task.list}: ${list?.name ?? ''}`}
          onClick={(event) =>
            ui.openPicker(
              {
                kind: 'list',
                spaceId: null,
                value: draft.listId,
                pick: (listId) => setDraft((before) => ({ ...before, listId })),
              },
              event.currentTarget,
            )
          }
        >
          <ListIcon size={14} aria-hidden="true" />
          {list?.name ?? words.task.list}
        </button>
        <span className={style.end}>
          <Button kind="primary" small type="submit" disabled={title.trim() === ''}>
            {words.quickAdd.add}
          </Button>
        </span>
      </div>
    </form>
  );
}
