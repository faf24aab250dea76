import { useState } from 'react';
import { useDaymark, useEntities, useMe } from '../../app/daymark-context.ts';
import { sampleTasks } from '../../store/sample-tasks.ts';
import { words } from '../../text/words.ts';
import { Button } from '../controls/button.tsx';

/** For someone who has nothing yet: a few tasks to look around with, made like any other and as easily removed. */
export function EmptyWithSamples() {
  const { actions, ui } = useDaymark();
  const me = useMe();
  const untouched = useEntities((entities) => Object.keys(entities.tasks).length === 0);
  const inboxId = useEntities((entities) => entities.spaces[me.personal_space_id]?.inbox_id);
  const [asked, setAsked] = useState(false);
  if (!untouched || !inboxId || asked) return null;
  const add = (): void => {
    setAsked(true);
    const samples = sampleTasks({ spaceId: me.personal_space_id, inboxId, zone: me.timezone, nowMs: Date.now() });
    for (const list of samples.lists)
      actions.act([{ op: 'list.create', id: list.id, body: list }], { undoable: false });
    actions.act(samples.tasks.map((task) => ({ op: 'task.create' as const, id: task.id, body: task })));
    ui.say(words.empty.sampleAdded, { undo: true });
  };
  return <Button onClick={add}>{words.empty.sample}</Button>;
}
