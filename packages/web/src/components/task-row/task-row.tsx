import { memo } from 'react';
import { useDaymark, useDaymarkState, useEntities, useUi } from '../../app/daymark-context.ts';
import { openTaskMenu } from '../../app/task-menu.tsx';
import { usePlace } from '../../app/use-place.ts';
import type { Task } from '../../store/entities.ts';
import { mayChange } from '../../store/may-change.ts';
import { comingText, dueBadge } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { nextReminderAt } from '../../views/reminder-index.ts';
import { subtaskProgress } from '../../views/subtask-index.ts';
import { ListDot } from '../controls/mark.tsx';
import { CheckCircle } from './check-circle.tsx';
import { Initials, NotesMark, ReminderMark, RepeatMark, SubtaskMark } from './row-marks.tsx';
import style from './task-row.module.css';

type RowShape = { showList: boolean; trash: boolean; reorder: boolean };

type RowEvents = {
  onOpen: (id: string) => void;
  onSelect: (id: string, how: 'toggle' | 'range') => void;
  onTag: (name: string) => void;
};

type TaskRowProps = RowEvents & {
  id: string;
  current: boolean;
  open: boolean;
  /** The day that the heading above the row says. */
  day: string;
  shape: RowShape;
};

/** Where the finger must stay to select by touch. */
const longPressMs = 450;

/** One task on one line. The row is what the keyboard stands on; see the key map for what it answers. */
export const TaskRow = memo(function TaskRow({ id, current, open, day, shape, onOpen, onSelect, onTag }: TaskRowProps) {
  const task = useEntities((entities) => entities.tasks[id]);
  const locked = useEntities((entities) => !mayChange(entities, entities.tasks[id]?.space_id)) || shape.trash;
  const selected = useUi((state) => state.selection.includes(id));
  const arrived = useDaymarkState((state) => id in state.arrived);
  const daymark = useDaymark();
  const { actions } = daymark;
  if (!task) return null;
  const finished = task.status === 'completed' || task.status === 'cancelled';
  let pressed: ReturnType<typeof setTimeout> | undefined;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key map answers Enter and Space on the focused row.
    <li
      className={style.row}
      data-task={id}
      data-current={current || undefined}
      data-selected={selected || undefined}
      data-open={open || undefined}
      data-finished={finished || undefined}
      data-arrived={arrived || undefined}
      tabIndex={current ? 0 : -1}
      draggable={!locked}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) onSelect(id, 'toggle');
        else if (event.shiftKey) onSelect(id, 'range');
        else onOpen(id);
      }}
      onContextMenu={(event) => {
        if (locked || selected || event.shiftKey) return;
        event.preventDefault();
        // A long press of a finger selects; the menu is the pointer's and the keyboard's.
        if (!pressed) openTaskMenu(daymark, id, event.currentTarget);
      }}
      onPointerDown={(event) => {
        if (event.pointerType === 'touch') pressed = setTimeout(() => onSelect(id, 'toggle'), longPressMs);
      }}
      onPointerUp={() => clearTimeout(pressed)}
      onPointerCancel={() => clearTimeout(pressed)}
      onPointerMove={() => clearTimeout(pressed)}
    >
      <CheckCircle
        done={task.status === 'completed'}
        cancelled={task.status === 'cancelled'}
        priority={task.priority}
        title={task.title}
        inRow
        disabled={locked}
        onToggle={() => actions.toggleComplete([id])}
      />
      <RowText task={task} onOpen={onOpen} />
      <RowSide task={task} day={day} showList={shape.showList} onTag={onTag} />
      {selected && <span className="unseen">{words.task.selected(1)}</span>}
    </li>
  );
});

function RowText({ task, onOpen }: { task: Task; onOpen: (id: string) => void }) {
  const parent = useEntities((entities) => (task.parent_id ? entities.tasks[task.parent_id]?.title : undefined));
  const progress = useEntities((entities) => subtaskProgress(entities.tasks, task.id));
  return (
    <div className={style.text}>
      <div className={style.line}>
        <button
          type="button"
          tabIndex={-1}
          className={style.title}
          dir="auto"
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.stopPropagation();
            onOpen(task.id);
          }}
        >
          {task.title}
        </button>
        {task.recurrence && <RepeatMark text={task.recurrence.text} />}
        <NextReminder taskId={task.id} />
        {progress && <SubtaskMark progress={progress} />}
        {task.notes !== '' && <NotesMark />}
      </div>
      {parent && (
        <span className={style.second} dir="auto">
          {parent}
        </span>
      )}
    </div>
  );
}

function NextReminder({ taskId }: { taskId: string }) {
  const place = usePlace();
  const at = useEntities((entities) => nextReminderAt(entities.reminders, taskId));
  return at && Date.parse(at) > place.nowMs ? <ReminderMark when={comingText(at, place)} /> : null;
}

type RowSideProps = { task: Task; day: string; showList: boolean; onTag: (name: string) => void };

function RowSide({ task, day, showList, onTag }: RowSideProps) {
  const place = usePlace();
  const list = useEntities((entities) => entities.lists[task.list_id]);
  const assignee = useEntities((entities) =>
    task.assignee_id ? entities.members[`${task.space_id}:${task.assignee_id}`]?.name : undefined,
  );
  const badge = dueBadge(task, place, day);
  return (
    <div className={style.side}>
      {showList && list && list.kind === 'list' && (
        <span className={style.list}>
          <ListDot colour={list.colour} />
          <span className={style.listName}>{list.name}</span>
        </span>
      )}
      {task.tag_names.slice(0, 2).map((name) => (
        <button
          key={name}
          type="button"
          tabIndex={-1}
          className={style.tag}
          onClick={(event) => {
            event.stopPropagation();
            onTag(name);
          }}
        >
          {name}
        </button>
      ))}
      {task.tag_names.length > 2 && (
        <span className={style.tag} data-tip={task.tag_names.slice(2).join(', ')}>
          +{task.tag_names.length - 2}
        </span>
      )}
      {assignee && <Initials name={assignee} />}
      {badge && (
        <time
          className={style.due}
          data-state={badge.state}
          data-tip={badge.exact}
          dateTime={task.due_at ?? task.due_on ?? undefined}
        >
          <span aria-hidden="true">{badge.text}</span>
          <span className="unseen">{words.task.due_(badge.exact)}</span>
        </time>
      )}
    </div>
  );
}
