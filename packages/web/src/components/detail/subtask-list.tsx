import { Plus } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import type { Task } from '../../store/entities.ts';
import { words } from '../../text/words.ts';
import { positionBetween } from '../../views/place-between.ts';
import { subtasksOf } from '../../views/subtask-index.ts';
import { CheckCircle } from '../task-row/check-circle.tsx';
import style from './subtask-list.module.css';

/** A task, its sub-task and so on: the server's limit. */
const depthMax = 5;

/** The steps of a task, and the line that adds one. */
export function SubtaskList({ task, readOnly }: { task: Task; readOnly: boolean }) {
  const { actions } = useDaymark();
  const tasks = useEntities((entities) => entities.tasks);
  const [, setSearch] = useViewSearch();
  const [title, setTitle] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const children = subtasksOf(tasks, task.id);
  const deepest = depthOf(tasks, task) >= depthMax;

  const add = (): void => {
    const text = title.trim();
    if (text === '') return;
    const position = positionBetween(children.at(-1)?.position ?? null, null);
    actions.createTask({
      title: text,
      space_id: task.space_id,
      list_id: task.list_id,
      parent_id: task.id,
      ...(position ? { position } : {}),
    });
    setTitle('');
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      add();
    }
    if (event.key === 'Escape') {
      event.stopPropagation();
      setTitle('');
      input.current?.blur();
      input.current?.closest<HTMLElement>('[data-task]')?.focus();
    }
  };
  if (readOnly && children.length === 0) return null;
  return (
    <section className={style.section} aria-label={words.task.subtasks}>
      <ul>
        {children.map((child) => (
          <li
            key={child.id}
            className={style.row}
            data-task={child.id}
            data-done={child.status === 'completed' || child.status === 'cancelled' || undefined}
          >
            <CheckCircle
              done={child.status === 'completed'}
              cancelled={child.status === 'cancelled'}
              priority={child.priority}
              title={child.title}
              disabled={readOnly}
              onToggle={() => actions.toggleComplete([child.id])}
            />
            <button type="button" className={style.title} dir="auto" onClick={() => setSearch({ task: child.id })}>
              {child.title}
            </button>
          </li>
        ))}
      </ul>
      {!readOnly && !deepest && (
        <div className={style.add}>
          <Plus size={16} strokeWidth={1.75} aria-hidden="true" />
          <input
            ref={input}
            className={style.input}
            value={title}
            maxLength={500}
            placeholder={words.task.addSubtask}
            aria-label={words.task.addSubtask}
            dir="auto"
            enterKeyHint="done"
            onChange={(event) => setTitle(event.target.value)}
            onKeyDown={keys}
            onBlur={add}
          />
        </div>
      )}
    </section>
  );
}

function depthOf(tasks: Readonly<Record<string, Task>>, task: Task): number {
  let depth = 1;
  for (let parent = task.parent_id; parent && depth < depthMax; parent = tasks[parent]?.parent_id ?? null) depth += 1;
  return depth;
}
