import type { ReactNode } from 'react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import {
  pickAssignee,
  pickDue,
  pickList,
  pickPriority,
  pickRecurrence,
  pickReminders,
  pickStatus,
  pickTags,
} from '../../app/task-pickers.ts';
import { usePlace } from '../../app/use-place.ts';
import type { CommandId } from '../../keys/key-map.ts';
import { dueFields } from '../../store/due-value.ts';
import type { Reminder, Task } from '../../store/entities.ts';
import { inputOf, remindersOf } from '../../store/task-reminders.ts';
import { reminderName } from '../../text/reminder-name.ts';
import { comingText, dueBadge, exactMoment, type Place, timeText } from '../../text/when.ts';
import { words } from '../../text/words.ts';
import { localMoment } from '../../text/zone-time.ts';
import { ListDot } from '../controls/mark.tsx';
import { PrioritySign } from '../picker/priority-sign.tsx';
import { Initials } from '../task-row/row-marks.tsx';
import style from './detail-fields.module.css';

/** The fields of a task, a line each: the name, then the value as a button that opens its choice. */
export function DetailFields({ task, readOnly }: { task: Task; readOnly: boolean }) {
  const daymark = useDaymark();
  const place = usePlace();
  const list = useEntities((entities) => entities.lists[task.list_id]);
  const shared = useEntities((entities) => entities.spaces[task.space_id]?.kind === 'shared');
  const assignee = useEntities((entities) =>
    task.assignee_id ? entities.members[`${task.space_id}:${task.assignee_id}`]?.name : undefined,
  );
  const badge = dueBadge(task, place);
  const reminders = useEntities((entities) => remindersText(remindersOf(entities.reminders, task.id), place));
  const startText = task.start_at ? exactMoment(task.start_at, place) : null;
  const foreignZone = task.due_at !== null && task.timezone !== place.zone;

  const pickStart = (anchor: Element): void => {
    const moment = task.start_at ? localMoment(task.start_at, task.timezone) : null;
    daymark.ui.openPicker(
      {
        kind: 'due',
        title: words.task.start,
        withTime: true,
        value: {
          date: moment?.date ?? null,
          time: moment && moment.time !== '00:00' ? moment.time : null,
          zone: task.timezone,
        },
        pick: (value) => {
          // The start is an instant; without a time it is the beginning of the day.
          const start_at = value.date ? dueFields({ ...value, time: value.time ?? '00:00' }).due_at : null;
          daymark.actions.changeTasks([task.id], { start_at });
        },
      },
      anchor,
    );
  };

  const field = { readOnly };
  return (
    <dl className={style.fields}>
      <Field
        {...field}
        name={words.task.due}
        command="task.due"
        empty={badge === null}
        onOpen={(anchor) => pickDue(daymark, [task.id], anchor)}
      >
        {badge ? (
          <span className={style.due} data-state={badge.state} data-tip={badge.exact}>
            {badge.text}
            {badge.state === 'late' && task.due_at && (
              <span className={style.quiet}> · {timeText(task.due_at, place)}</span>
            )}
          </span>
        ) : (
          words.task.noDate
        )}
      </Field>
      {foreignZone && task.due_at && (
        <Field
          {...field}
          name={words.task.timezone}
          onOpen={(anchor) =>
            daymark.ui.openPicker(
              {
                kind: 'zone',
                value: task.timezone,
                pick: (timezone) => daymark.actions.changeTasks([task.id], { timezone }),
              },
              anchor,
            )
          }
        >
          {task.timezone.replaceAll('_', ' ')}{' '}
          <span className={style.quiet}>{timeText(task.due_at, { ...place, zone: task.timezone })}</span>
        </Field>
      )}
      <Field
        {...field}
        name={words.repeat.field}
        command="task.repeat"
        empty={task.recurrence === null}
        onOpen={(anchor) => pickRecurrence(daymark, [task.id], anchor)}
      >
        {task.recurrence?.text ?? words.repeat.never}
      </Field>
      <Field
        {...field}
        // A reminder is of the person alone, also where the task is not theirs to change.
        readOnly={task.deleted_at !== null}
        name={words.remind.field}
        command="task.remind"
        empty={reminders === ''}
        onOpen={(anchor) => pickReminders(daymark, [task.id], anchor)}
      >
        {reminders || words.remind.none}
      </Field>
      <Field {...field} name={words.task.start} empty={startText === null} onOpen={pickStart}>
        {startText ?? words.task.none}
      </Field>
      <Field
        {...field}
        name={words.task.priority}
        command="task.priority"
        empty={task.priority === null}
        onOpen={(anchor) => pickPriority(daymark, [task.id], anchor)}
      >
        {task.priority ? (
          <>
            <PrioritySign priority={task.priority} /> {words.priorities[task.priority]}
          </>
        ) : (
          words.task.none
        )}
      </Field>
      <Field
        {...field}
        name={words.task.list}
        command="task.move"
        onOpen={(anchor) => pickList(daymark, [task.id], anchor)}
      >
        <ListDot colour={list?.colour ?? 'grey'} /> {list?.kind === 'inbox' ? words.places.inbox : list?.name}
      </Field>
      <Field
        {...field}
        name={words.task.tags}
        command="task.tags"
        empty={task.tag_names.length === 0}
        onOpen={(anchor) => pickTags(daymark, [task.id], anchor)}
      >
        {task.tag_names.length > 0
          ? task.tag_names.map((name) => (
              <span key={name} className={style.tag}>
                {name}
              </span>
            ))
          : words.task.none}
      </Field>
      {shared && (
        <Field
          {...field}
          name={words.task.assignee}
          command="task.assign"
          empty={!assignee}
          onOpen={(anchor) => pickAssignee(daymark, [task.id], anchor)}
        >
          {assignee ? (
            <>
              <Initials name={assignee} /> {assignee}
            </>
          ) : (
            words.task.noOne
          )}
        </Field>
      )}
      <Field {...field} name={words.task.status} onOpen={(anchor) => pickStatus(daymark, [task.id], anchor)}>
        {words.statuses[task.status]}
      </Field>
    </dl>
  );
}

/** The reminders that are still to come or wait for a due date, by name. */
const remindersText = (reminders: readonly Reminder[], place: Place): string =>
  reminders
    .filter((reminder) => reminder.state === 'planned' || reminder.state === 'waiting')
    .map((reminder) => reminderName(inputOf(reminder), (at) => comingText(at, place)))
    .join(', ');

type FieldProps = {
  name: string;
  readOnly: boolean;
  command?: CommandId;
  empty?: boolean;
  onOpen: (anchor: Element) => void;
  children: ReactNode;
};

function Field({ name, readOnly, command, empty = false, onOpen, children }: FieldProps) {
  return (
    <div className={style.row}>
      <dt className={style.name}>{name}</dt>
      <dd>
        {readOnly ? (
          <span className={style.value} data-empty={empty || undefined}>
            {children}
          </span>
        ) : (
          <button
            type="button"
            className={style.value}
            data-empty={empty || undefined}
            data-tip={name}
            data-tip-command={command}
            aria-haspopup="dialog"
            onClick={(event) => onOpen(event.currentTarget)}
          >
            <span className="unseen">{name}: </span>
            {children}
          </button>
        )}
      </dd>
    </div>
  );
}
