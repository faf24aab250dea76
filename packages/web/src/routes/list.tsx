import { useParams } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useMemo } from 'react';
import { useDaymark, useDaymarkState, useEntities } from '../app/daymark-context.ts';
import { useViewInput } from '../app/use-view-input.ts';
import { Button } from '../components/controls/button.tsx';
import { useListMenu } from '../components/frame/sidebar-lists.tsx';
import { EmptyWithSamples } from '../components/view-page/sample-button.tsx';
import { ViewPage } from '../components/view-page/view-page.tsx';
import style from '../components/view-page/view-tools.module.css';
import { mayChange } from '../store/may-change.ts';
import { words } from '../text/words.ts';
import { listGroups } from '../views/task-groups.ts';
import { NotFoundScreen } from './not-found.tsx';

export function InboxScreen() {
  const { inboxId } = useViewInput();
  return <ListView listId={inboxId} />;
}

export function ListScreen() {
  const { listId } = useParams({ strict: false }) as { listId: string };
  return <ListView key={listId} listId={listId} />;
}

function ListView({ listId }: { listId: string }) {
  const { input } = useViewInput();
  const { actions } = useDaymark();
  const list = useEntities((entities) => entities.lists[listId]);
  const space = useEntities((entities) => (list ? entities.spaces[list.space_id] : undefined));
  const canWrite = useEntities((entities) => mayChange(entities, list?.space_id));
  const ready = useDaymarkState((state) => state.ready);
  const groups = useMemo(() => listGroups(input, listId), [input, listId]);
  const openMenu = useListMenu(listId);
  if (!list) return ready ? <NotFoundScreen /> : null;
  const isInbox = list.kind === 'inbox';
  const shared = space?.kind === 'shared';
  const count = groups[0]?.tasks.length ?? 0;
  const manual = input.search.sort === undefined;
  return (
    <ViewPage
      title={isInbox ? words.places.inbox : list.name}
      subtitle={[
        shared ? space.name : '',
        canWrite ? '' : words.roles.viewer,
        count > 0 ? words.views.resultCount(count) : '',
      ]
        .filter(Boolean)
        .join(' · ')}
      tools={
        isInbox ? null : (
          <button
            type="button"
            className={style.tool}
            aria-label={words.list.options(list.name)}
            aria-haspopup="menu"
            data-tip={words.task.actions}
            onClick={(event) => openMenu(event.currentTarget, 'end')}
          >
            <Ellipsis size={18} aria-hidden="true" />
          </button>
        )
      }
      before={
        list.archived_at && (
          <p>
            {words.list.archivedNote}{' '}
            <Button small onClick={() => actions.changeList(list.id, { archived: false })}>
              {words.list.unarchive}
            </Button>
          </p>
        )
      }
      groups={groups}
      {...(canWrite && !list.archived_at ? { quickAdd: { listId } } : {})}
      empty={{
        text: isInbox ? words.empty.inbox : words.empty.list,
        command: 'app.add',
        more: isInbox ? <EmptyWithSamples /> : null,
      }}
      filters="list"
      reorder={manual && canWrite}
    />
  );
}
