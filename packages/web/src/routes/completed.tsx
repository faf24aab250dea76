import { useMemo } from 'react';
import { useViewInput } from '../app/use-view-input.ts';
import { ViewPage } from '../components/view-page/view-page.tsx';
import { words } from '../text/words.ts';
import { completedGroups } from '../views/task-groups.ts';

export function CompletedScreen() {
  const { input } = useViewInput();
  const groups = useMemo(() => completedGroups(input), [input]);
  return (
    <ViewPage
      title={words.places.completed}
      groups={groups}
      empty={{ text: words.empty.completed, command: 'task.complete' }}
      filters="all"
      showList
    />
  );
}
