import type { RecurrenceInput } from '@daymark/core/contract/recurrence.ts';
import { CalendarCog, Repeat, SkipForward, Square } from 'lucide-react';
import { useState } from 'react';
import { usePlace } from '../../app/use-place.ts';
import { isRule, likelyRules } from '../../recurrence/likely-rules.ts';
import { useRulePreview } from '../../recurrence/use-rule-preview.ts';
import type { RecurrenceChoice, UiState } from '../../store/ui-store.ts';
import { words } from '../../text/words.ts';
import { Button } from '../controls/button.tsx';
import { type Choice, ChoiceList } from '../picker/choice-list.tsx';
import style from './recurrence-editor.module.css';
import { RuleForm } from './rule-form.tsx';
import { RulePreviewBox } from './rule-preview-box.tsx';

type Asked = Extract<NonNullable<UiState['picker']>, { kind: 'recurrence' }>;
type RecurrenceEditorProps = Pick<Asked, 'value' | 'start' | 'zone' | 'skip' | 'stop'> & {
  onPick: (choice: RecurrenceChoice | null) => void;
  onClose: () => void;
};

const current = 'current';
const custom = 'custom';

/** How a task repeats: the likely rules first, each with its dates, then a form for the others. */
export function RecurrenceEditor({ value, start, zone, skip, stop, onPick, onClose }: RecurrenceEditorProps) {
  const place = usePlace();
  const [inForm, setInForm] = useState(false);
  const likely = likelyRules(start.slice(0, 10), place);
  const known = value ? likely.find((rule) => isRule(value, rule.input)) : undefined;
  const [active, setActive] = useState(value ? (known?.id ?? current) : 'weekly');
  const inputOf = (id: string): RecurrenceInput | null => {
    if (id === current || id === custom) return value ? { rrule: value.rrule, mode: value.mode } : null;
    const rule = likely.find((one) => one.id === id);
    // A likely rule changes when, not how the next one comes.
    return rule
      ? { ...rule.input, ...(value ? { mode: value.mode, missed: value.missed, floating: value.floating } : {}) }
      : null;
  };
  const shownInput = inputOf(active) ?? inputOf('weekly');
  const preview = useRulePreview(shownInput, start, zone);

  const pick = (id: string): void => {
    const input = inputOf(id);
    if (id === custom) setInForm(true);
    else if (id === current) onClose();
    else if (input && preview?.ok) onPick({ input, shown: preview.shown, first: preview.dates[0] ?? start });
  };

  if (inForm) {
    const back = (): void => setInForm(false);
    return <RuleForm value={value} start={start} zone={zone} onBack={back} onSet={onPick} />;
  }
  const icon = { size: 15, strokeWidth: 1.75 } as const;
  const choices: Choice[] = [
    ...(value && !known ? [{ id: current, name: value.text, icon: <Repeat {...icon} />, checked: true }] : []),
    ...likely.map((rule) => ({
      id: rule.id,
      name: rule.name,
      icon: <Repeat {...icon} />,
      checked: rule.id === known?.id,
    })),
    { id: custom, name: `${words.repeat.custom}…`, icon: <CalendarCog {...icon} />, checked: false },
  ];
  return (
    <div className={style.editor}>
      <ChoiceList label={words.repeat.title} choices={choices} search={false} onPick={pick} onActive={setActive} />
      <RulePreviewBox preview={preview} />
      {(skip || stop) && (
        <div className={style.foot}>
          {skip && (
            <Button small kind="quiet" onClick={() => andClose(onClose, skip)}>
              <SkipForward size={14} aria-hidden="true" />
              {words.repeat.skipOne}
            </Button>
          )}
          {stop && (
            <Button small kind="quiet" onClick={() => andClose(onClose, stop)}>
              <Square size={12} aria-hidden="true" />
              {words.repeat.stop}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function andClose(close: () => void, act: () => void): void {
  close();
  act();
}
