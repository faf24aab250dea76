import { useMemo } from 'react';
import { useViewInput } from '../app/use-view-input.ts';
import { ViewPage } from '../components/view-page/view-page.tsx';
import { words } from '../text/words.ts';
import { addDays, dateIn } from '../text/zone-time.ts';
import { upcomingGroups } from '../views/task-groups.ts';

export function UpcomingScreen() {
  const { input, inboxId } = useViewInput();
  const groups = useMemo(() => upcomingGroups(input), [input]);
  const tomorrow = addDays(dateIn(input.place.zone, input.place.nowMs), 1);
  return (
    <ViewPage
      title={words.places.upcoming}
      groups={groups}
      quickAdd={{ listId: inboxId, date: tomorrow }}
      empty={{ text: words.empty.upcoming, command: 'task.due' }}
      showList
    />
  );
}
