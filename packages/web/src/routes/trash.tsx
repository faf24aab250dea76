import type { Task } from '@daymark/core/contract/task.ts';
import { useEffect, useMemo } from 'react';
import { useDaymark, useUi } from '../app/daymark-context.ts';
import { useViewInput } from '../app/use-view-input.ts';
import { useViewSearch } from '../app/use-view-search.ts';
import { Button } from '../components/controls/button.tsx';
import { ViewPage } from '../components/view-page/view-page.tsx';
import { learnTasks } from '../store/replica.ts';
import { words } from '../text/words.ts';
import { trashGroups } from '../views/task-groups.ts';

const pageMax = 500;

export function TrashScreen() {
  const { input } = useViewInput();
  const { api, store, actions, ui } = useDaymark();
  const [search] = useViewSearch();
  const selection = useUi((state) => state.selection);
  const groups = useMemo(() => trashGroups(input), [input]);
  const all = groups[0]?.tasks ?? [];
  const chosen =
    selection.length > 0
      ? all.filter((task) => selection.includes(task.id))
      : all.filter((task) => task.id === search.task);

  useEffect(() => {
    const query = { deleted: 'true', space_id: 'all', limit: pageMax, total: 'false' };
    api<{ items: Task[] }>({ method: 'GET', path: '/api/v1/tasks', query }).then(
      ({ items }) => store.setState((state) => ({ replica: learnTasks(state.replica, items) })),
      // What this device has of the trash is shown.
      () => undefined,
    );
  }, [api, store]);

  const deleteForEver = (tasks: readonly Task[], title: string): void => {
    const [only] = tasks;
    const typed = tasks.length === 1 && only ? only.title : null;
    const run = () => {
      actions.deleteForEver(tasks.map((task) => task.id));
      ui.setState({ selection: [] });
    };
    ui.setState({
      dialog: { kind: 'confirm', title, body: words.trash.deleteBody, action: words.trash.confirm, typed, run },
    });
  };

  const [only] = chosen;
  return (
    <ViewPage
      title={words.places.trash}
      subtitle={words.trash.kept}
      tools={
        <>
          {chosen.length > 0 && only && (
            <>
              <Button
                small
                onClick={() => {
                  actions.restoreTasks(chosen.map((task) => task.id));
                  ui.setState({ selection: [] });
                }}
              >
                {words.task.restore}
              </Button>
              <Button
                small
                kind="danger"
                onClick={() =>
                  deleteForEver(
                    chosen,
                    chosen.length === 1
                      ? words.trash.deleteTitle(only.title)
                      : words.trash.deleteManyTitle(chosen.length),
                  )
                }
              >
                {words.task.deleteForEver}
              </Button>
            </>
          )}
          {chosen.length === 0 && all.length > 0 && (
            <Button small kind="danger" onClick={() => deleteForEver(all, words.trash.emptyTitle)}>
              {words.trash.emptyTrash}
            </Button>
          )}
        </>
      }
      groups={groups}
      empty={{ text: words.empty.trash }}
      filters="none"
      showList
      trash
    />
  );
}
