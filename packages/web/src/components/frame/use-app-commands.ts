import { useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useCommands, useDaymark } from '../../app/daymark-context.ts';
import { useViewSearch } from '../../app/use-view-search.ts';

export const searchFieldId = 'search-tasks';

/** Going places, adding from anywhere, and closing what is open, innermost first. */
export function useAppCommands(): void {
  const { ui, session } = useDaymark();
  const navigate = useNavigate();
  const [search, setSearch] = useViewSearch();
  const path = useRouterState({ select: (state) => state.location.pathname });

  useEffect(() => {
    ui.setState({ panel: null, sidebarOpen: false, quickAddOpen: false, selection: [] });
    // A new screen begins at its top, whatever its path.
    if (path) document.getElementById('content')?.scrollTo(0, 0);
  }, [ui, path]);

  const goSearch = async (): Promise<void> => {
    if (path !== '/all') await navigate({ to: '/all' });
    // The field appears with the screen.
    requestAnimationFrame(() => {
      const field = document.getElementById(searchFieldId) as HTMLInputElement | null;
      field?.focus();
      field?.select();
    });
  };

  const closeInnermost = (): void => {
    const state = ui.getState();
    if (state.selection.length > 0) ui.setState({ selection: [] });
    else if (state.sidebarOpen) ui.setState({ sidebarOpen: false });
    else if (state.panel) ui.setState({ panel: null });
    else if (search.task) {
      const row = document.querySelector<HTMLElement>(`li[data-task="${CSS.escape(search.task)}"]`);
      setSearch({ task: undefined });
      row?.focus();
    } else {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      if (state.toast) ui.setState({ toast: null });
    }
  };

  useCommands(
    {
      'go.inbox': () => void navigate({ to: '/inbox' }),
      'go.today': () => void navigate({ to: '/today' }),
      'go.upcoming': () => void navigate({ to: '/upcoming' }),
      'go.all': () => void navigate({ to: '/all' }),
      'go.completed': () => void navigate({ to: '/completed' }),
      'go.trash': () => void navigate({ to: '/trash' }),
      'go.notifications': () => void navigate({ to: '/notifications' }),
      'go.settings': () => void navigate({ to: '/settings/profile' }),
      'app.search': () => void goSearch(),
      'app.palette': () =>
        ui.setState((state) => ({ dialog: state.dialog?.kind === 'palette' ? null : { kind: 'palette' } })),
      'app.keys': () => ui.setState({ dialog: { kind: 'keys' } }),
      'app.new-list': () => ui.setState({ dialog: { kind: 'list', listId: null, spaceId: null } }),
      'app.new-space': () => ui.setState({ dialog: { kind: 'space' } }),
      'app.sign-out': () => void session.signOut(),
      // A view with its own line answers first; elsewhere the line of Today is gone to.
      'app.add': () =>
        void navigate({ to: '/today' }).then(() => requestAnimationFrame(() => ui.setState({ quickAddOpen: true }))),
      'app.escape': closeInnermost,
    },
    true,
  );
}
