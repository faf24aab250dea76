/**
 * Where a task stands: its list, its parent and its position. A sub-task is in its parent's list and follows it; put into another
 * list by itself, it leaves its parent.
 */
import { Problem } from '@daymark/core/contract/problem.ts';
import { type Task, type TaskChange, taskDepthMax } from '@daymark/core/contract/task.ts';
import { isPosition } from '@daymark/core/tasks/position.ts';
import { depthOf, descendantsOf, heightOf, isWithin } from '@daymark/core/tasks/tree.ts';
import { refuseTrashed } from './change-task.ts';
import type { TaskSheet } from './task-sheet.ts';

export type Place = Pick<Task, 'list_id' | 'parent_id' | 'position'>;
type WantedPlace = Pick<TaskChange, 'list_id' | 'parent_id' | 'position'>;

/** The place of a new task: behind the others in its list unless a position is named. */
export function placeOfNew(sheet: TaskSheet, spaceId: string, wanted: WantedPlace): Place {
  const parent = wanted.parent_id ? parentIn(sheet, spaceId, wanted.parent_id) : undefined;
  if (parent) refuseOtherList(parent, wanted.list_id);
  if (parent) refuseDepth(depthOf(parent, sheet.find) + 1);
  const listId = parent?.list_id ?? wanted.list_id ?? sheet.inboxOf(spaceId).id;
  requireOpenList(sheet, spaceId, listId);
  const position = wantedPosition(wanted) ?? sheet.endOf(listId);
  return { list_id: listId, parent_id: parent?.id ?? null, position };
}

/** The place of a task after a change. Throws Problem `not_found` or `conflict` where it cannot be put. */
export function changedPlace(sheet: TaskSheet, task: Task, wanted: WantedPlace): Place {
  let parentId = wanted.parent_id === undefined ? task.parent_id : wanted.parent_id;
  let listId = wanted.list_id ?? task.list_id;
  if (wanted.parent_id) {
    const parent =
      wanted.parent_id === task.parent_id ? sheet.task(wanted.parent_id) : newParent(sheet, task, wanted.parent_id);
    refuseOtherList(parent, wanted.list_id);
    listId = parent.list_id;
  } else if (listId !== task.list_id) {
    parentId = null;
  }
  if (listId !== task.list_id) requireOpenList(sheet, task.space_id, listId);
  const isElsewhere = listId !== task.list_id || parentId !== task.parent_id;
  const position = wantedPosition(wanted) ?? (isElsewhere ? sheet.endOf(listId) : task.position);
  return { list_id: listId, parent_id: parentId, position };
}

/** Takes all below a task along to the list in which it now is. */
export function bringDescendants(sheet: TaskSheet, task: Task): void {
  for (const id of descendantsOf(task.id, sheet.childrenOf)) {
    const below = sheet.task(id);
    sheet.change(below, { ...below, list_id: task.list_id });
  }
}

function newParent(sheet: TaskSheet, task: Task, parentId: string): Task {
  const parent = parentIn(sheet, task.space_id, parentId);
  if (isWithin(parent.id, task.id, sheet.find)) {
    throw new Problem('conflict', 'A task cannot be below itself.', {
      errors: [{ path: 'parent_id', message: 'is below the task' }],
    });
  }
  refuseDepth(depthOf(parent, sheet.find) + heightOf(task.id, sheet.childrenOf));
  return parent;
}

function parentIn(sheet: TaskSheet, spaceId: string, id: string): Task {
  const parent = sheet.find(id);
  if (parent?.space_id !== spaceId) throw missing('parent_id', 'There is no such task to be the parent.');
  refuseTrashed(parent);
  return parent;
}

function requireOpenList(sheet: TaskSheet, spaceId: string, id: string): void {
  const list = sheet.list(spaceId, id);
  if (!list) throw missing('list_id', 'There is no such list in this space.');
  if (list.archived_at !== null)
    throw new Problem('conflict', 'The list is archived; take it out of the archive first.');
}

function refuseOtherList(parent: Task, listId: string | undefined): void {
  if (listId === undefined || listId === parent.list_id) return;
  const message = 'must be the list of the parent, or be left out';
  throw new Problem('validation_failed', `list_id: ${message}`, { errors: [{ path: 'list_id', message }] });
}

function refuseDepth(depth: number): void {
  if (depth > taskDepthMax) throw new Problem('conflict', `Sub-tasks may be at most ${taskDepthMax} levels deep.`);
}

/** A position that nothing can be put behind would spoil the order of all that follow. */
function wantedPosition(wanted: WantedPlace): string | undefined {
  if (wanted.position !== undefined) requirePosition(wanted.position);
  return wanted.position;
}

/** Throws Problem `validation_failed`. */
export function requirePosition(position: string): void {
  if (isPosition(position)) return;
  const message = 'must be a fractional index such as a0, Zz or a1V';
  throw new Problem('validation_failed', `position: ${message}`, { errors: [{ path: 'position', message }] });
}

const missing = (path: string, detail: string): Problem =>
  new Problem('not_found', detail, { errors: [{ path, message: 'does not exist in this space' }] });
