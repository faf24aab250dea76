import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useDaymark, useEntities, useUi } from '../../app/daymark-context.ts';
import { useTaskCommands } from '../../app/task-commands.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import { loadLineReader } from '../../quick-add/use-line-reading.ts';
import { words } from '../../text/words.ts';
import { DetailPanel } from '../detail/detail-panel.tsx';
import { Banners } from '../notification/banners.tsx';
import { BottomBar } from './bottom-bar.tsx';
import { BulkBar } from './bulk-bar.tsx';
import style from './frame.module.css';
import { Sidebar } from './sidebar.tsx';
import { StatusLine } from './status-line.tsx';
import { useAppCommands } from './use-app-commands.ts';

const PickerHost = lazy(() => import('../picker/picker-host.tsx').then((module) => ({ default: module.PickerHost })));
const DialogHost = lazy(() => import('../dialog/dialog-host.tsx').then((module) => ({ default: module.DialogHost })));

/** What stands around every screen of a person who is signed in. */
export function Frame() {
  const { ui } = useDaymark();
  const [search] = useViewSearch();
  const picker = useUi((state) => state.picker !== null);
  const dialog = useUi((state) => state.dialog !== null);
  const sidebarOpen = useUi((state) => state.sidebarOpen);
  const opened = useEntities((entities) => (search.task ? search.task in entities.tasks : false));
  useAppCommands();
  useTaskCommands();
  usePreload();
  return (
    <div className={style.frame} data-detail={opened || undefined}>
      <a href="#content" className={style.skip}>
        {words.places.skip}
      </a>
      <div className={style.sidebar} data-open={sidebarOpen || undefined}>
        <Sidebar />
      </div>
      {sidebarOpen && (
        <button
          type="button"
          className={style.scrim}
          aria-label={words.places.close}
          onClick={() => ui.setState({ sidebarOpen: false })}
        />
      )}
      <main id="content" className={style.main} tabIndex={-1}>
        <Outlet />
      </main>
      {search.task && <DetailPanel key={search.task} id={search.task} />}
      <Banners />
      <BulkBar />
      <BottomBar />
      <StatusLine />
      <Suspense>
        {picker && <PickerHost />}
        {dialog && <DialogHost />}
      </Suspense>
    </div>
  );
}

/** Fetches what the first key press may need while nothing else happens, so that it opens at once. */
function usePreload(): void {
  useEffect(() => {
    const load = (): void => {
      void import('../picker/picker-host.tsx');
      void import('../dialog/dialog-host.tsx');
      // Without them a line is a title and a rule cannot be read; the next need of them tries again.
      void loadLineReader().catch(() => undefined);
    };
    const timer = setTimeout(load, 1200);
    return () => clearTimeout(timer);
  }, []);
}
