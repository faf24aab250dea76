import { Bell, Repeat } from 'lucide-react';
import { words } from '../../text/words.ts';
import style from './row-marks.module.css';

/** @param text the rule in words */
export function RepeatMark({ text }: { text: string }) {
  return (
    <span className={style.mark} data-tip={words.repeat.repeats(text)}>
      <Repeat size={13} strokeWidth={1.75} aria-hidden="true" />
      <span className="unseen">{words.repeat.repeats(text)}</span>
    </span>
  );
}

/** @param when the moment in words */
export function ReminderMark({ when }: { when: string }) {
  return (
    <span className={style.mark} data-tip={words.remind.at(when)}>
      <Bell size={13} strokeWidth={1.75} aria-hidden="true" />
      <span className="unseen">{words.remind.at(when)}</span>
    </span>
  );
}

/** Sub-tasks done of all, with a ring that fills. */
export function SubtaskMark({ progress }: { progress: string }) {
  const [done, all] = progress.split('/').map(Number) as [number, number];
  return (
    <span className={style.mark} data-tip={words.task.subtasksDone(done, all)}>
      <svg viewBox="0 0 14 14" width="13" height="13" aria-hidden="true">
        <circle cx="7" cy="7" r="5" className={style.track} />
        <circle cx="7" cy="7" r="5" className={style.progress} pathLength="1" strokeDasharray={`${done / all} 1`} />
      </svg>
      <span aria-hidden="true">{progress}</span>
      <span className="unseen">{words.task.subtasksDone(done, all)}</span>
    </span>
  );
}

export function NotesMark() {
  return (
    <span className={style.mark}>
      <svg viewBox="0 0 14 14" width="13" height="13" aria-hidden="true">
        <path d="M2.5 4h9M2.5 7h9M2.5 10h5.5" className={style.lines} />
      </svg>
      <span className="unseen">{words.task.hasNotes}</span>
    </span>
  );
}

/** Who a task is assigned to, in two letters. */
export function Initials({ name }: { name: string }) {
  const letters = name
    .split(/\s+/)
    .map((part) => [...part][0] ?? '')
    .filter((_letter, index, all) => index === 0 || index === all.length - 1)
    .join('');
  return (
    <span className={style.initials} data-tip={words.task.assignedTo(name)}>
      <span aria-hidden="true">{letters.toUpperCase()}</span>
      <span className="unseen">{words.task.assignedTo(name)}</span>
    </span>
  );
}
