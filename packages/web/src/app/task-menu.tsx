/** What can be done to one task, as the menu of its row. */
import { Bell, CalendarDays, Check, Flag, FolderInput, Repeat, RotateCcw, SkipForward, Trash2 } from 'lucide-react';
import { keyText } from '../keys/match-keys.ts';
import { isOpen } from '../store/entities.ts';
import type { MenuItem } from '../store/ui-store.ts';
import { words } from '../text/words.ts';
import type { Daymark } from './daymark-context.ts';
import { pickDue, pickList, pickPriority, pickRecurrence, pickReminders } from './task-pickers.ts';

type Parts = Pick<Daymark, 'store' | 'ui' | 'actions'>;

export function openTaskMenu(parts: Parts, id: string, anchor: Element): void {
  const task = parts.store.getState().replica.shown.tasks[id];
  if (!task) return;
  const { actions, ui } = parts;
  const icon = { size: 15, strokeWidth: 1.75, 'aria-hidden': true } as const;
  const open = isOpen(task);
  const items: MenuItem[] = [
    {
      id: 'complete',
      label: open ? words.task.complete : words.task.reopen,
      icon: open ? <Check {...icon} /> : <RotateCcw {...icon} />,
      key: keyText('task.complete'),
      run: () => actions.toggleComplete([id]),
    },
    ...(open && task.recurrence
      ? [
          {
            id: 'skip',
            label: words.repeat.skipOne,
            icon: <SkipForward {...icon} />,
            run: () => actions.skipTask(id),
          },
        ]
      : []),
    {
      id: 'due',
      label: words.task.setDue,
      icon: <CalendarDays {...icon} />,
      key: keyText('task.due'),
      separated: true,
      run: () => pickDue(parts, [id], anchor),
    },
    {
      id: 'repeat',
      label: words.repeat.set,
      icon: <Repeat {...icon} />,
      key: keyText('task.repeat'),
      run: () => pickRecurrence(parts, [id], anchor),
    },
    {
      id: 'remind',
      label: words.remind.set,
      icon: <Bell {...icon} />,
      key: keyText('task.remind'),
      run: () => pickReminders(parts, [id], anchor),
    },
    {
      id: 'priority',
      label: words.task.setPriority,
      icon: <Flag {...icon} />,
      key: keyText('task.priority'),
      run: () => pickPriority(parts, [id], anchor),
    },
    {
      id: 'move',
      label: words.task.move,
      icon: <FolderInput {...icon} />,
      key: keyText('task.move'),
      run: () => pickList(parts, [id], anchor),
    },
    {
      id: 'trash',
      label: words.task.trash,
      icon: <Trash2 {...icon} />,
      key: keyText('task.trash'),
      danger: true,
      separated: true,
      run: () => actions.trashTasks([id]),
    },
  ];
  ui.openPicker({ kind: 'menu', label: words.task.actions, items }, anchor);
}
