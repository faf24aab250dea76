/** The keys that act on tasks: on the selection, else on the focused row or open task, else on the row pointed at. */
import { useCommands, useDaymark } from './daymark-context.ts';
import {
  pickAssignee,
  pickDue,
  pickList,
  pickPriority,
  pickRecurrence,
  pickReminders,
  pickTags,
} from './task-pickers.ts';
import { useViewSearch } from './use-view-search.ts';

const elementOf = (id: string): Element | null => document.querySelector(`[data-task="${CSS.escape(id)}"]`);

/** The element of the task that the keyboard stands on, or that is pointed at. */
const targetElement = (): HTMLElement | null =>
  document.activeElement?.closest<HTMLElement>('[data-task]') ??
  document.querySelector<HTMLElement>('li[data-task]:hover');

export function useTaskCommands(): void {
  const daymark = useDaymark();
  const { ui, store, actions } = daymark;
  const [search, setSearch] = useViewSearch();

  const targets = (): string[] => {
    const { selection } = ui.getState();
    if (selection.length > 0) return [...selection];
    const id = targetElement()?.dataset.task ?? search.task;
    return id && store.getState().replica.shown.tasks[id] ? [id] : [];
  };

  const on = (act: (ids: string[], anchor: Element) => void) => (): void => {
    const ids = targets();
    const [first] = ids;
    if (first) act(ids, elementOf(first) ?? document.body);
  };

  useCommands({
    'task.complete': on((ids) => actions.toggleComplete(ids)),
    'task.open': on(([id]) => setSearch({ task: id })),
    'task.due': on((ids, anchor) => pickDue(daymark, ids, anchor)),
    'task.priority': on((ids, anchor) => pickPriority(daymark, ids, anchor)),
    'task.tags': on((ids, anchor) => pickTags(daymark, ids, anchor)),
    'task.move': on((ids, anchor) => pickList(daymark, ids, anchor)),
    'task.repeat': on((ids, anchor) => pickRecurrence(daymark, ids, anchor)),
    'task.remind': on((ids, anchor) => pickReminders(daymark, ids, anchor)),
    'task.assign': on((ids, anchor) => pickAssignee(daymark, ids, anchor)),
    'task.trash': on((ids) => {
      actions.trashTasks(ids);
      ui.setState({ selection: [] });
    }),
    'app.undo': () => actions.undo(),
  });
}
