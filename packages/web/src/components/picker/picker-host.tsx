import { Popover } from 'radix-ui';
import { useRef } from 'react';
import { useDaymark, useUi } from '../../app/daymark-context.ts';
import type { UiState } from '../../store/ui-store.ts';
import { words } from '../../text/words.ts';
import { RecurrenceEditor } from '../recurrence/recurrence-editor.tsx';
import { ReminderEditor } from '../reminder/reminder-editor.tsx';
import { ChoiceMenu } from './choice-menu.tsx';
import { DatePicker } from './date-picker.tsx';
import { MomentPicker } from './moment-picker.tsx';
import style from './picker-host.module.css';
import { AssigneePicker, ListPicker, PriorityPicker, StatusPicker, TagPicker, ZonePicker } from './pickers.tsx';

type OpenPicker = NonNullable<UiState['picker']>;

const labels: Record<Exclude<OpenPicker['kind'], 'menu' | 'due' | 'moment'>, string> = {
  recurrence: words.repeat.title,
  reminders: words.remind.title,
  priority: words.task.priority,
  status: words.task.status,
  tags: words.task.tags,
  list: words.task.list,
  assignee: words.task.assignee,
  zone: words.task.timezone,
};

/** The one choice that floats at a time, beside the element that asked for it. The focus returns where it was. */
export function PickerHost() {
  const picker = useUi((state) => state.picker);
  if (!picker) return null;
  return <Floating key={picker.kind} picker={picker} />;
}

function Floating({ picker }: { picker: OpenPicker }) {
  const { ui } = useDaymark();
  const before = useRef(document.activeElement as HTMLElement | null);
  const anchor = useRef(picker.anchor);
  anchor.current = picker.anchor;
  const close = (): void => {
    // The next key press is meant for where one came from, so the focus goes back before the choice is gone.
    const focused = document.activeElement;
    if (focused === document.body || focused?.closest(`.${style.popover}`))
      before.current?.focus({ preventScroll: true });
    ui.setState({ picker: null });
  };
  return (
    <Popover.Root open onOpenChange={(open) => !open && close()}>
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal container={dialogAround(picker.anchor)}>
        <Popover.Content
          className={style.popover}
          data-kind={picker.kind}
          align={picker.align}
          sideOffset={6}
          collisionPadding={8}
          aria-label={nameOf(picker)}
          role={picker.kind === 'menu' ? 'presentation' : 'dialog'}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onKeyDown={(event) => event.stopPropagation()}
        >
          <Choice picker={picker} close={close} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

const nameOf = (picker: OpenPicker): string | undefined => {
  if (picker.kind === 'menu') return undefined;
  return picker.kind === 'due' || picker.kind === 'moment' ? picker.title : labels[picker.kind];
};

/** An open modal dialog covers the page, so its choices must live within it. */
const dialogAround = (anchor: Element): HTMLElement => anchor.closest<HTMLElement>('dialog') ?? document.body;

function Choice({ picker, close }: { picker: OpenPicker; close: () => void }) {
  const pickAnd =
    <Value,>(pick: (value: Value) => void) =>
    (value: Value) => {
      close();
      pick(value);
    };
  switch (picker.kind) {
    case 'due':
      return <DatePicker value={picker.value} withTime={picker.withTime} onPick={picker.pick} onClose={close} />;
    case 'priority':
      return <PriorityPicker value={picker.value} onPick={pickAnd(picker.pick)} />;
    case 'status':
      return <StatusPicker value={picker.value} onPick={pickAnd(picker.pick)} />;
    case 'tags':
      return (
        <TagPicker spaceId={picker.spaceId} value={picker.value} mixed={picker.mixed ?? []} onToggle={picker.toggle} />
      );
    case 'list':
      return <ListPicker spaceId={picker.spaceId} value={picker.value} onPick={pickAnd(picker.pick)} />;
    case 'assignee':
      return <AssigneePicker spaceId={picker.spaceId} value={picker.value} onPick={pickAnd(picker.pick)} />;
    case 'zone':
      return <ZonePicker value={picker.value} onPick={pickAnd(picker.pick)} />;
    case 'recurrence': {
      const { value, start, zone, skip, stop } = picker;
      const offered = { ...(skip ? { skip } : {}), ...(stop ? { stop } : {}) };
      return (
        <RecurrenceEditor
          value={value}
          start={start}
          zone={zone}
          {...offered}
          onPick={pickAnd(picker.pick)}
          onClose={close}
        />
      );
    }
    case 'reminders':
      return <ReminderEditor due={picker.due} value={picker.value} onChange={picker.pick} onClose={close} />;
    case 'moment':
      return <MomentPicker label={picker.title} value={picker.value} onPick={pickAnd(picker.pick)} />;
    case 'menu':
      return <ChoiceMenu label={picker.label} items={picker.items} onClose={close} />;
  }
}
