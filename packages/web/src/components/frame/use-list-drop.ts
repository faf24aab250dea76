import type { DragEvent } from 'react';
import { useDaymark } from '../../app/daymark-context.ts';
import { dragType } from '../task-list/use-row-drag.ts';

/** Lets a place of the sidebar take dragged rows. */
export function useListDrop(listId: string | null) {
  const { actions } = useDaymark();
  if (!listId) return {};
  return {
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (!event.dataTransfer.types.includes(dragType)) return;
      event.preventDefault();
      event.currentTarget.dataset.drop = '';
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => {
      delete event.currentTarget.dataset.drop;
    },
    onDrop: (event: DragEvent<HTMLElement>) => {
      delete event.currentTarget.dataset.drop;
      const ids = event.dataTransfer.getData(dragType).split(',').filter(Boolean);
      if (ids.length === 0) return;
      event.preventDefault();
      actions.moveTasks(ids, listId);
    },
  };
}
