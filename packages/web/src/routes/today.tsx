import { useMemo } from 'react';
import { useViewInput } from '../app/use-view-input.ts';
import { EmptyWithSamples } from '../components/view-page/sample-button.tsx';
import { ViewPage } from '../components/view-page/view-page.tsx';
import { longDate } from '../text/when.ts';
import { words } from '../text/words.ts';
import { dateIn } from '../text/zone-time.ts';
import { todayGroups } from '../views/task-groups.ts';

export function TodayScreen() {
  const { input, inboxId } = useViewInput();
  const groups = useMemo(() => todayGroups(input), [input]);
  const today = dateIn(input.place.zone, input.place.nowMs);
  const open = groups.flatMap((group) => group.tasks).filter((task) => !(task.id in input.lingering)).length;
  return (
    <ViewPage
      title={words.places.today}
      subtitle={words.views.todaySubtitle(longDate(today, input.place), open)}
      groups={groups}
      quickAdd={{ listId: inboxId, date: today }}
      empty={{ text: words.empty.today, command: 'app.add', more: <EmptyWithSamples /> }}
      filters="all"
      showList
    />
  );
}
