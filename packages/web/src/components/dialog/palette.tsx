import { useNavigate } from '@tanstack/react-router';
import { Circle } from 'lucide-react';
import { useMemo } from 'react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { type CommandId, commandIds, keyMap } from '../../keys/key-map.ts';
import { keyText } from '../../keys/match-keys.ts';
import { isOpen } from '../../store/entities.ts';
import { words } from '../../text/words.ts';
import { ListDot } from '../controls/mark.tsx';
import { type Choice, ChoiceList } from '../picker/choice-list.tsx';
import { Modal } from './modal.tsx';

/** Commands that make no sense from here: they move within a list, or open what is open. */
const notHere: readonly CommandId[] = ['app.palette', 'app.escape', 'list.next', 'list.previous', 'list.select'];
/** Tasks offered besides commands and lists; the search screen finds all. */
const tasksMax = 400;

/** Everything one can do or go to, found by typing. Commands act on what was selected before it opened. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { commands } = useDaymark();
  const navigate = useNavigate();
  const entities = useEntities((all) => all);
  const choices = useMemo((): Choice[] => {
    const available = commands.available();
    const actions = commandIds
      .filter((id) => available.has(id) && !notHere.includes(id))
      .map(
        (id): Choice => ({
          id: `do ${id}`,
          name: keyMap[id].group === 'go' ? `${words.keys.groups.go} ${keyMap[id].label}` : keyMap[id].label,
          detail: keyText(id),
          group: words.palette.commands,
        }),
      );
    const lists = Object.values(entities.lists)
      .filter((list) => list.kind === 'list' && !list.archived_at)
      .map(
        (list): Choice => ({
          id: `list ${list.id}`,
          name: list.name,
          icon: <ListDot colour={list.colour} />,
          group: words.palette.lists,
        }),
      );
    const tasks = Object.values(entities.tasks)
      .filter((task) => isOpen(task) && !task.deleted_at)
      .slice(0, tasksMax)
      .map(
        (task): Choice => ({
          id: `task ${task.id}`,
          name: task.title,
          icon: <Circle size={13} />,
          group: words.palette.tasks,
        }),
      );
    return [...actions, ...lists, ...tasks];
  }, [commands, entities]);

  const run = (choice: string): void => {
    const [kind, id] = choice.split(' ') as [string, string];
    onClose();
    if (kind === 'list') return void navigate({ to: '/lists/$listId', params: { listId: id } });
    if (kind === 'task')
      return void navigate({ to: '.', search: (before: Record<string, unknown>) => ({ ...before, task: id }) });
    // The dialog gives the focus back first, so that the command finds the row it is meant for.
    requestAnimationFrame(() => commands.run(id as CommandId));
  };
  return (
    <Modal title={words.places.commands} hideTitle wide onClose={onClose}>
      <ChoiceList
        label={words.places.commands}
        placeholder={words.palette.placeholder}
        choices={choices}
        onPick={run}
        tall
      />
    </Modal>
  );
}
