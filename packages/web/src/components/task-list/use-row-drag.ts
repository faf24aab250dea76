import { type DragEvent, useRef } from 'react';
import { useDaymark } from '../../app/daymark-context.ts';
import { positionBeside } from '../../views/place-between.ts';
import type { TaskGroup } from '../../views/task-groups.ts';

/** What a dragged row carries: task ids, so that lists in the sidebar can take them too. */
export const dragType = 'application/x-daymark-tasks';

/** Dragging rows: to another place when the view is in the person's own order, and to any list of the sidebar. */
export function useRowDrag(groups: readonly TaskGroup[], reorder: boolean) {
  const { actions, ui } = useDaymark();
  const marked = useRef<HTMLElement | null>(null);

  const unmark = (): void => {
    marked.current?.removeAttribute('data-drop');
    marked.current = null;
  };
  const rowOf = (event: DragEvent): HTMLElement | null =>
    (event.target as Element).closest<HTMLElement>('li[data-task]');
  const sideOf = (event: DragEvent, row: HTMLElement): 'before' | 'after' => {
    const box = row.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2 ? 'before' : 'after';
  };

  return {
    onDragStart: (event: DragEvent) => {
      const id = rowOf(event)?.dataset.task;
      if (!id) return;
      const { selection } = ui.getState();
      const ids = selection.includes(id) ? selection : [id];
      event.dataTransfer.setData(dragType, ids.join(','));
      event.dataTransfer.effectAllowed = 'move';
    },
    onDragOver: (event: DragEvent) => {
      if (!reorder || !event.dataTransfer.types.includes(dragType)) return;
      const row = rowOf(event);
      if (!row) return;
      event.preventDefault();
      if (marked.current !== row) unmark();
      marked.current = row;
      row.dataset.drop = sideOf(event, row);
    },
    onDragLeave: (event: DragEvent) => {
      if (!(event.currentTarget as Element).contains(event.relatedTarget as Node | null)) unmark();
    },
    onDragEnd: unmark,
    onDrop: (event: DragEvent) => {
      const row = rowOf(event);
      unmark();
      const [id] = event.dataTransfer.getData(dragType).split(',');
      const targetId = row?.dataset.task;
      if (!reorder || !row || !id || !targetId || id === targetId) return;
      event.preventDefault();
      const siblings = groups.flatMap((group) => group.tasks);
      const position = positionBeside(siblings, id, targetId, sideOf(event, row));
      if (position) actions.changeTasks([id], { position });
    },
  };
}
