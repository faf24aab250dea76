import { Bell, ChevronRight, Copy, Ellipsis, Repeat, RotateCcw, SkipForward, Trash2, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { bothNotes } from '../../app/both-notes.ts';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { pickRecurrence, pickReminders } from '../../app/task-pickers.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import { keyText } from '../../keys/match-keys.ts';
import { isOpen, type Task } from '../../store/entities.ts';
import { mayChange } from '../../store/may-change.ts';
import type { MenuItem } from '../../store/ui-store.ts';
import { words } from '../../text/words.ts';
import { IconButton } from '../controls/button.tsx';
import { CheckCircle } from '../task-row/check-circle.tsx';
import { DetailFields } from './detail-fields.tsx';
import style from './detail-panel.module.css';
import { DraftText } from './draft-text.tsx';
import { SeriesHistory } from './series-history.tsx';
import { SubtaskList } from './subtask-list.tsx';
import { TaskHistory } from './task-history.tsx';

const titleCharactersMax = 500;
const notesCharactersMax = 50_000;

/** Everything about one task. Whatever is changed is kept at once; there is no save button. */
export function DetailPanel({ id }: { id: string }) {
  const task = useEntities((entities) => entities.tasks[id]);
  const [, setSearch] = useViewSearch();
  const panel = useRef<HTMLElement>(null);
  const close = () => setSearch({ task: undefined });
  useEffect(() => {
    // On a narrow screen the panel covers the list, so the focus must come along.
    if (matchMedia('(max-width: 1099px)').matches) panel.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <button type="button" className={style.scrim} tabIndex={-1} aria-label={words.places.close} onClick={close} />
      <aside ref={panel} className={style.panel} aria-label={words.task.detail} data-task={id} tabIndex={-1}>
        {task ? <Detail task={task} onClose={close} /> : <Missing onClose={close} />}
      </aside>
    </>
  );
}

function Missing({ onClose }: { onClose: () => void }) {
  return (
    <div className={style.bar}>
      <p className={style.crumb}>{words.task.gone}</p>
      <IconButton label={words.places.close} command="app.escape" onClick={onClose}>
        <X size={18} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function Detail({ task, onClose }: { task: Task; onClose: () => void }) {
  const { actions } = useDaymark();
  const readOnly = useEntities((entities) => !mayChange(entities, task.space_id)) || task.deleted_at !== null;
  const saveNotes = (mine: string, before: string): void => {
    // What arrived while it was written is kept too; what arrives while it travels fails the version and is merged then.
    const notes = bothNotes({ before, mine, theirs: task.notes });
    const match = task.version > 0 ? { if_match: task.version } : {};
    actions.act([{ op: 'task.update', id: task.id, body: { notes }, notes_before: task.notes, ...match }]);
  };
  return (
    <>
      <DetailBar task={task} onClose={onClose} />
      <div className={style.scroll}>
        <ParentLine task={task} />
        <div className={style.head}>
          <span className={style.check}>
            <CheckCircle
              large
              done={task.status === 'completed'}
              cancelled={task.status === 'cancelled'}
              priority={task.priority}
              title={task.title}
              disabled={readOnly}
              onToggle={() => actions.toggleComplete([task.id])}
            />
          </span>
          <DraftText
            className={style.title ?? ''}
            label={words.task.title}
            value={task.title}
            charactersMax={titleCharactersMax}
            readOnly={readOnly}
            required
            line
            onSave={(title) => actions.changeTasks([task.id], { title })}
          />
        </div>
        <DraftText
          className={style.notes ?? ''}
          label={words.task.notes}
          placeholder={words.task.addNotes}
          value={task.notes}
          charactersMax={notesCharactersMax}
          readOnly={readOnly}
          onSave={saveNotes}
        />
        <DetailFields task={task} readOnly={readOnly} />
        <SubtaskList task={task} readOnly={readOnly} />
        {task.series_id && <SeriesHistory seriesId={task.series_id} version={task.version} />}
        <TaskHistory taskId={task.id} version={task.version} />
      </div>
    </>
  );
}

function ParentLine({ task }: { task: Task }) {
  const parent = useEntities((entities) => (task.parent_id ? entities.tasks[task.parent_id] : undefined));
  const [, setSearch] = useViewSearch();
  if (!parent) return null;
  return (
    <button type="button" className={style.parent} onClick={() => setSearch({ task: parent.id })}>
      <span className="unseen">{words.task.parent} </span>
      <span className={style.parentName} dir="auto">
        {parent.title}
      </span>
      <ChevronRight size={14} aria-hidden="true" />
    </button>
  );
}

function DetailBar({ task, onClose }: { task: Task; onClose: () => void }) {
  const daymark = useDaymark();
  const { actions, ui } = daymark;
  const more = useRef<HTMLButtonElement>(null);
  const list = useEntities((entities) => entities.lists[task.list_id]);
  const space = useEntities((entities) => entities.spaces[task.space_id]);
  const icon = { size: 15, strokeWidth: 1.75, 'aria-hidden': true } as const;
  const trashed = task.deleted_at !== null;
  const copyLink = (): void => {
    void navigator.clipboard
      ?.writeText(`${location.origin}/all?task=${task.id}`)
      .then(() => ui.say(words.toast.linkCopied));
  };
  const items: MenuItem[] = [
    { id: 'link', label: words.task.copyLink, icon: <Copy {...icon} />, run: copyLink },
    {
      id: 'repeat',
      label: words.repeat.set,
      icon: <Repeat {...icon} />,
      key: keyText('task.repeat'),
      run: () => pickRecurrence(daymark, [task.id], more.current ?? document.body),
    },
    {
      id: 'remind',
      label: words.remind.set,
      icon: <Bell {...icon} />,
      key: keyText('task.remind'),
      run: () => pickReminders(daymark, [task.id], more.current ?? document.body),
    },
    ...(task.recurrence && isOpen(task)
      ? [
          {
            id: 'skip',
            label: words.repeat.skipOne,
            icon: <SkipForward {...icon} />,
            run: () => actions.skipTask(task.id),
          },
        ]
      : []),
    ...(task.status === 'cancelled' || task.status === 'completed'
      ? [
          {
            id: 'reopen',
            label: words.task.reopen,
            icon: <RotateCcw {...icon} />,
            run: () => actions.toggleComplete([task.id]),
          },
        ]
      : [
          {
            id: 'cancel',
            label: words.task.cancel,
            icon: <X {...icon} />,
            run: () => actions.setStatus([task.id], 'cancelled'),
          },
        ]),
    trashed
      ? {
          id: 'restore',
          label: words.task.restore,
          icon: <RotateCcw {...icon} />,
          separated: true,
          run: () => actions.restoreTasks([task.id]),
        }
      : {
          id: 'trash',
          label: words.task.trash,
          icon: <Trash2 {...icon} />,
          key: keyText('task.trash'),
          danger: true,
          separated: true,
          run: () => {
            actions.trashTasks([task.id]);
            onClose();
          },
        },
  ];
  return (
    <div className={style.bar}>
      <p className={style.crumb} dir="auto">
        {trashed
          ? words.task.inTrash
          : `${space?.kind === 'shared' ? `${space.name} · ` : ''}${list?.kind === 'inbox' ? words.places.inbox : (list?.name ?? '')}`}
      </p>
      <button
        ref={more}
        type="button"
        className={style.more}
        aria-label={words.task.actions}
        aria-haspopup="menu"
        data-tip={words.task.actions}
        onClick={(event) =>
          ui.openPicker({ kind: 'menu', label: words.task.actions, items }, event.currentTarget, 'end')
        }
      >
        <Ellipsis size={18} aria-hidden="true" />
      </button>
      <IconButton label={words.places.close} command="app.escape" onClick={onClose}>
        <X size={18} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
