import { Bell, CalendarDays, Flag, Hash, List as ListIcon, Repeat } from 'lucide-react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import type { Chosen, Draft } from '../../quick-add/quick-add-draft.ts';
import { dueFields } from '../../store/due-value.ts';
import { reminderName } from '../../text/reminder-name.ts';
import { comingText, dueBadge } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { dateIn } from '../../text/zone-time.ts';
import style from './quick-add.module.css';

type QuickAddChoicesProps = { draft: Draft; onChoose: (chosen: Chosen) => void };

const icon = { size: 14, 'aria-hidden': true } as const;

/** What the new task will have, each a button that changes it. */
export function QuickAddChoices({ draft, onChoose }: QuickAddChoicesProps) {
  const { ui } = useDaymark();
  const place = usePlace();
  const list = useEntities((entities) => entities.lists[draft.listId]);
  const badge = dueBadge({ ...dueFields(draft.due) }, place);
  return (
    <>
      <button
        type="button"
        className={style.choice}
        data-set={badge !== null || undefined}
        onClick={(event) =>
          ui.openPicker(
            {
              kind: 'due',
              title: words.task.due,
              withTime: true,
              value: draft.due,
              pick: (due) => onChoose({ due }),
            },
            event.currentTarget,
          )
        }
      >
        <CalendarDays {...icon} />
        {badge ? (
          <>
            <span aria-hidden="true">{badge.text}</span>
            <span className="unseen">{words.task.due_(badge.exact)}</span>
          </>
        ) : (
          words.task.due
        )}
      </button>
      <RepeatChoice draft={draft} onChoose={onChoose} />
      <ReminderChoice draft={draft} onChoose={onChoose} />
      <button
        type="button"
        className={style.choice}
        data-set={draft.priority !== null || undefined}
        data-priority={draft.priority ?? undefined}
        onClick={(event) =>
          ui.openPicker(
            { kind: 'priority', value: draft.priority, pick: (priority) => onChoose({ priority }) },
            event.currentTarget,
          )
        }
      >
        <Flag {...icon} />
        {draft.priority ? words.priorities[draft.priority] : words.task.priority}
      </button>
      <button
        type="button"
        className={style.choice}
        data-set={draft.tags.length > 0 || undefined}
        onClick={(event) =>
          list &&
          ui.openPicker(
            {
              kind: 'tags',
              spaceId: list.space_id,
              value: draft.tags,
              toggle: (name, on) =>
                onChoose({ tags: on ? [...draft.tags, name] : draft.tags.filter((one) => one !== name) }),
            },
            event.currentTarget,
          )
        }
      >
        <Hash {...icon} />
        {draft.tags.length > 0 ? draft.tags.join(', ') : words.task.tags}
      </button>
      <button
        type="button"
        className={style.choice}
        aria-label={`${words.task.list}: ${list?.name ?? ''}`}
        onClick={(event) =>
          ui.openPicker(
            { kind: 'list', spaceId: null, value: draft.listId, pick: (listId) => onChoose({ listId }) },
            event.currentTarget,
          )
        }
      >
        <ListIcon {...icon} />
        {list?.name ?? words.task.list}
      </button>
    </>
  );
}

function RepeatChoice({ draft, onChoose }: QuickAddChoicesProps) {
  const { ui } = useDaymark();
  const place = usePlace();
  const open = (anchor: Element): void => {
    const date = draft.due.date ?? dateIn(place.zone, place.nowMs);
    ui.openPicker(
      {
        kind: 'recurrence',
        value: draft.recurrence,
        start: draft.due.time ? `${date}T${draft.due.time}:00` : date,
        zone: draft.due.zone,
        pick: (choice) => {
          const due = draft.due.date ? {} : { due: { ...draft.due, date: choice?.first.slice(0, 10) ?? date } };
          onChoose({ recurrence: choice?.shown ?? null, ...due });
        },
        ...(draft.recurrence ? { stop: () => onChoose({ recurrence: null }) } : {}),
      },
      anchor,
    );
  };
  return (
    <button
      type="button"
      className={style.choice}
      data-set={draft.recurrence !== null || undefined}
      aria-label={draft.recurrence ? words.repeat.repeats(draft.recurrence.text) : words.repeat.set}
      data-tip={draft.recurrence?.text ?? words.repeat.title}
      onClick={(event) => open(event.currentTarget)}
    >
      <Repeat {...icon} />
      {draft.recurrence && <span className={style.said}>{draft.recurrence.text}</span>}
    </button>
  );
}

function ReminderChoice({ draft, onChoose }: QuickAddChoicesProps) {
  const { ui } = useDaymark();
  const place = usePlace();
  const { due_at, due_on } = dueFields(draft.due);
  const names = draft.reminders.map((input) => reminderName(input, (at) => comingText(at, place))).join(', ');
  return (
    <button
      type="button"
      className={style.choice}
      data-set={draft.reminders.length > 0 || undefined}
      aria-label={names ? `${words.remind.field}: ${names}` : words.remind.set}
      data-tip={names || words.remind.title}
      onClick={(event) =>
        ui.openPicker(
          {
            kind: 'reminders',
            due: { due_at, due_on },
            value: draft.reminders,
            pick: (reminders) => onChoose({ reminders }),
          },
          event.currentTarget,
        )
      }
    >
      <Bell {...icon} />
      {names && <span className={style.said}>{names}</span>}
    </button>
  );
}
