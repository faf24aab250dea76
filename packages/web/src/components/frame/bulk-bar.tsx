import { CalendarDays, CheckCheck, Flag, FolderInput, Hash, Trash2, X } from 'lucide-react';
import { useDaymark, useUi } from '../../app/daymark-context.ts';
import { pickDue, pickList, pickPriority, pickTags } from '../../app/task-pickers.ts';
import { words } from '../../text/words.ts';
import { IconButton } from '../controls/button.tsx';
import style from './bulk-bar.module.css';

/** What can be done to the selected tasks at once. Everything here can be undone. */
export function BulkBar() {
  const daymark = useDaymark();
  const selection = useUi((state) => state.selection);
  if (selection.length === 0) return null;
  const ids = [...selection];
  const clear = () => daymark.ui.setState({ selection: [] });
  const icon = { size: 17, strokeWidth: 1.75, 'aria-hidden': true } as const;
  return (
    <div className={style.bar} role="toolbar" aria-label={words.task.bulk}>
      <span className={style.count} role="status">
        {words.task.selected(ids.length)}
      </span>
      <IconButton
        label={words.task.complete}
        command="task.complete"
        onClick={() => {
          daymark.actions.toggleComplete(ids);
          clear();
        }}
      >
        <CheckCheck {...icon} />
      </IconButton>
      <IconButton
        label={words.task.setDue}
        command="task.due"
        onClick={(event) => pickDue(daymark, ids, event.currentTarget)}
      >
        <CalendarDays {...icon} />
      </IconButton>
      <IconButton
        label={words.task.setPriority}
        command="task.priority"
        onClick={(event) => pickPriority(daymark, ids, event.currentTarget)}
      >
        <Flag {...icon} />
      </IconButton>
      <IconButton
        label={words.task.setTags}
        command="task.tags"
        onClick={(event) => pickTags(daymark, ids, event.currentTarget)}
      >
        <Hash {...icon} />
      </IconButton>
      <IconButton
        label={words.task.move}
        command="task.move"
        onClick={(event) => pickList(daymark, ids, event.currentTarget)}
      >
        <FolderInput {...icon} />
      </IconButton>
      <IconButton
        label={words.task.trash}
        command="task.trash"
        onClick={() => {
          daymark.actions.trashTasks(ids);
          clear();
        }}
      >
        <Trash2 {...icon} />
      </IconButton>
      <span className={style.rule} />
      <IconButton label={words.task.clearSelection} command="app.escape" onClick={clear}>
        <X {...icon} />
      </IconButton>
    </div>
  );
}
