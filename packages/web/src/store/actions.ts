/**
 * What a person can do, by name. Each action is shown at once, queued for the server, and remembered with its inverse,
 * so that `z` takes it back.
 */
import type { ListChange } from '@daymark/core/contract/list.ts';
import type { Recurrence } from '@daymark/core/contract/recurrence.ts';
import type { ReminderInput } from '@daymark/core/contract/reminder.ts';
import type { EditScope, TaskChange } from '@daymark/core/contract/task.ts';
import { words } from '../text/words.ts';
import { isOpen, type Task } from './entities.ts';
import { inverseOf } from './inverse.ts';
import { mayDo } from './may-change.ts';
import { isTaskOperation, type NewList, type NewTask, type Operation } from './operations.ts';
import type { Outbox } from './outbox.ts';
import { enqueue, type Mutation } from './replica.ts';
import { type DaymarkStore, linger } from './task-store.ts';
import type { UiStore } from './ui-store.ts';
import { uuidv7 } from './uuid.ts';

/** One bulk request takes so many operations. */
const operationsMax = 500;
/** Steps that can be taken back. */
const undoMax = 50;

type ActOptions = {
  say?: string;
  undoable?: boolean;
  /** What the toast waits to tell besides: the next instance of this task. */
  completes?: Task;
};

/** How a change of a task is meant besides its body. */
export type ChangeOptions = {
  say?: string;
  /** How the rule in the body will be shown. */
  recurrence?: Recurrence | null;
  scope?: EditScope;
};

export type Actions = {
  act(operations: readonly Operation[], options?: ActOptions): void;
  createTask(
    task: Omit<NewTask, 'id'> & { id?: string },
    options?: { say?: string; recurrence?: Recurrence | null },
  ): string;
  changeTasks(ids: readonly string[], body: TaskChange, options?: ChangeOptions): void;
  setReminders(ids: readonly string[], reminders: readonly ReminderInput[]): void;
  skipTask(id: string): void;
  stopRepeating(id: string): void;
  readNotification(id: string): void;
  readAllNotifications(): void;
  snoozeNotification(id: string, until: string, say: string): void;
  toggleComplete(ids: readonly string[]): void;
  setStatus(ids: readonly string[], status: Task['status']): void;
  trashTasks(ids: readonly string[]): void;
  restoreTasks(ids: readonly string[]): void;
  deleteForEver(ids: readonly string[]): void;
  moveTasks(ids: readonly string[], listId: string): void;
  tagTasks(ids: readonly string[], name: string, on: boolean): void;
  createList(list: Omit<NewList, 'id'>): string;
  changeList(id: string, change: ListChange, say?: string): void;
  undo(): void;
};

export type ActionDeps = { store: DaymarkStore; ui: UiStore; outbox: () => Outbox; now: () => number };

export function createActions({ store, ui, outbox, now }: ActionDeps): Actions {
  const undoable: Operation[][] = [];
  const shown = () => store.getState().replica.shown;
  const tasksOf = (ids: readonly string[]): Task[] => ids.flatMap((id) => shown().tasks[id] ?? []);

  const enqueueAll = (operations: readonly Operation[]): void => {
    const { me } = store.getState();
    if (!me || operations.length === 0) return;
    const acting = {
      userId: me.id,
      zone: me.timezone,
      at: new Date(now()).toISOString(),
      spaceId: me.personal_space_id,
      allDayTime: me.all_day_reminder_time,
    };
    const together = operations.every((one) => isTaskOperation(one) && !hasScope(one)) ? operationsMax : 1;
    for (let start = 0; start < operations.length; start += together) {
      const mutation: Mutation = { id: uuidv7(now()), operations: operations.slice(start, start + together), acting };
      store.setState((state) => ({ replica: enqueue(state.replica, mutation), actions: state.actions + 1 }));
    }
    outbox().kick();
  };

  const act: Actions['act'] = (wanted, options = {}) => {
    const operations = wanted.filter((operation) => mayDo(shown(), operation));
    if (operations.length < wanted.length) ui.say(words.errors.forbidden);
    if (operations.length === 0) return;
    const canUndo = options.undoable ?? true;
    // The last thing done is the first to be taken back.
    const inverse = [...operations].reverse().flatMap((operation) => inverseOf(shown(), operation));
    enqueueAll(operations);
    if (canUndo && inverse.length > 0) {
      undoable.push(inverse);
      if (undoable.length > undoMax) undoable.shift();
    }
    if (options.say && operations.length === wanted.length)
      ui.say(options.say, {
        undo: canUndo && inverse.length > 0,
        ...(options.completes ? { completes: options.completes } : {}),
      });
  };

  const verb = (
    op: 'task.reopen' | 'task.cancel' | 'task.trash' | 'task.restore' | 'task.delete',
    ids: readonly string[],
  ): Operation[] => ids.map((id) => ({ op, id }));

  const complete = (tasks: readonly Task[]): void => {
    const ids = tasks.map((task) => task.id);
    linger(store, ids);
    const at = new Date(now()).toISOString();
    const say = ids.length === 1 ? words.toast.done : words.toast.doneMany(ids.length);
    const [only] = tasks;
    act(
      ids.map((id) => ({ op: 'task.complete' as const, id, at })),
      { say, ...(tasks.length === 1 && only?.recurrence ? { completes: only } : {}) },
    );
  };

  const setTagged = (task: Task, name: string, on: boolean): string[] => {
    const others = task.tag_names.filter((one) => one.toLowerCase() !== name.toLowerCase());
    return on ? [...others, name] : others;
  };

  return {
    act,
    createTask(task, { say, recurrence } = {}) {
      const id = task.id ?? uuidv7(now());
      const shown = recurrence ? { recurrence } : {};
      act([{ op: 'task.create', id, body: { ...task, id }, ...shown }], say ? { say } : {});
      return id;
    },
    changeTasks(ids, body, { say, ...how } = {}) {
      act(
        ids.map((id) => ({ op: 'task.update' as const, id, body, ...how })),
        say ? { say } : {},
      );
    },
    setReminders(ids, reminders) {
      act(ids.map((id) => ({ op: 'reminders.set' as const, id, reminders })));
    },
    skipTask(id) {
      linger(store, [id]);
      act([{ op: 'series.skip', id }], { say: words.toast.skipped });
    },
    stopRepeating(id) {
      act([{ op: 'series.stop', id }], { say: words.toast.stopped });
    },
    readNotification(id) {
      const at = new Date(now()).toISOString();
      if (shown().notifications[id]?.read_at === null) act([{ op: 'notification.read', id, at }], { undoable: false });
    },
    readAllNotifications() {
      act([{ op: 'notification.read-all', at: new Date(now()).toISOString() }], { undoable: false });
    },
    snoozeNotification(id, until, say) {
      act([{ op: 'notification.snooze', id, until, at: new Date(now()).toISOString() }], { say, undoable: false });
    },
    toggleComplete(ids) {
      const tasks = tasksOf(ids);
      const open = tasks.filter(isOpen);
      if (open.length > 0) complete(open);
      else act(verb('task.reopen', ids), { say: words.toast.reopened });
    },
    setStatus(ids, status) {
      if (status === 'completed') return complete(tasksOf(ids).filter((task) => task.status !== 'completed'));
      if (status === 'cancelled') {
        linger(store, ids);
        return act(verb('task.cancel', ids), { say: words.toast.cancelled });
      }
      act(
        tasksOf(ids).flatMap((task): Operation[] => {
          const reopen: Operation[] = isOpen(task) ? [] : [{ op: 'task.reopen', id: task.id }];
          if (status === 'todo' && reopen.length > 0) return reopen;
          return [...reopen, { op: 'task.update', id: task.id, body: { status } }];
        }),
      );
    },
    trashTasks(ids) {
      act(verb('task.trash', ids), {
        say: ids.length === 1 ? words.toast.trashed : words.toast.trashedMany(ids.length),
      });
    },
    restoreTasks(ids) {
      act(verb('task.restore', ids), { say: words.toast.restored });
    },
    deleteForEver(ids) {
      act(verb('task.delete', ids), { say: words.toast.deleted, undoable: false });
    },
    moveTasks(ids, listId) {
      const list = shown().lists[listId];
      if (list)
        act(
          ids.map((id) => ({ op: 'task.update' as const, id, body: { list_id: listId } })),
          { say: words.toast.moved(list.name) },
        );
    },
    tagTasks(ids, name, on) {
      act(
        tasksOf(ids).map((task) => ({
          op: 'task.update' as const,
          id: task.id,
          body: { tag_names: setTagged(task, name, on) },
        })),
      );
    },
    createList(list) {
      const id = uuidv7(now());
      act([{ op: 'list.create', id, body: { ...list, id } }]);
      return id;
    },
    changeList(id, change, say) {
      act([{ op: 'list.update', id, body: change }], say ? { say } : {});
    },
    undo() {
      const inverse = undoable.pop();
      if (!inverse) return ui.say(words.toast.nothingToUndo);
      enqueueAll(inverse);
      ui.say(words.toast.undone);
    },
  };
}

const hasScope = (operation: Operation): boolean => operation.op === 'task.update' && operation.scope !== undefined;
