import { useId } from 'react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { useViewSearch } from '../../app/use-view-search.ts';
import { words } from '../../text/words.ts';
import { activeFilters, clearedFilters, commaSeparated, joined, type ViewSearch } from '../../views/view-search.ts';
import { Button } from '../controls/button.tsx';
import style from './filter-panel.module.css';

const statuses = ['todo', 'in_progress', 'completed', 'cancelled'] as const;
const priorities = ['high', 'medium', 'low', 'none'] as const;
/** Tags offered as buttons; the rest is found by typing. */
const tagsOffered = 12;

/** Everything that narrows a view. What is chosen stands in the address, so it can be kept and sent. */
export function FilterPanel({ scope }: { scope: 'all' | 'list' }) {
  const [search, setSearch] = useViewSearch();
  const { ui } = useDaymark();
  const set = (change: Partial<Record<keyof ViewSearch, string | undefined>>) => setSearch(change, { replace: true });
  return (
    <section className={style.panel} aria-label={words.filter.button}>
      <Toggles
        label={words.filter.status}
        options={statuses}
        names={words.statuses}
        value={search.status}
        onChange={(status) => set({ status })}
      />
      <Toggles
        label={words.filter.priority}
        options={priorities}
        names={words.priorities}
        value={search.priority}
        onChange={(priority) => set({ priority })}
      />
      <TagToggles />
      <div className={style.row}>
        <span className={style.label}>{words.task.due}</span>
        <div className={style.options}>
          <DateField
            label={words.filter.from}
            value={search.due_date_start}
            onChange={(due_date_start) => set({ due_date_start })}
          />
          <span aria-hidden="true">–</span>
          <DateField
            label={words.filter.to}
            value={search.due_date_end}
            onChange={(due_date_end) => set({ due_date_end })}
          />
          <Toggle on={search.overdue === 'true'} onChange={(on) => set({ overdue: on ? 'true' : undefined })}>
            {words.filter.overdue}
          </Toggle>
        </div>
      </div>
      {scope === 'all' && <PlaceFilters />}
      <footer className={style.footer}>
        <Button kind="quiet" small disabled={activeFilters(search) === 0} onClick={() => set(clearedFilters)}>
          {words.filter.clearAll}
        </Button>
        <Button small onClick={() => ui.setState({ panel: null })}>
          {words.places.close}
        </Button>
      </footer>
    </section>
  );
}

type TogglesProps<Option extends string> = {
  label: string;
  options: readonly Option[];
  names: Record<Option, string>;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
};

function Toggles<Option extends string>({ label, options, names, value, onChange }: TogglesProps<Option>) {
  const chosen = commaSeparated(value);
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a grid in every browser.
    <div className={style.row} role="group" aria-labelledby={id}>
      <span id={id} className={style.label}>
        {label}
      </span>
      <div className={style.options}>
        {options.map((option) => (
          <Toggle
            key={option}
            on={chosen.includes(option)}
            onChange={(on) => onChange(joined(on ? [...chosen, option] : chosen.filter((one) => one !== option)))}
          >
            {names[option]}
          </Toggle>
        ))}
      </div>
    </div>
  );
}

function Toggle({
  on,
  onChange,
  children,
}: {
  on: boolean;
  onChange: (on: boolean) => void;
  children: React.ReactNode;
}) {
  return (
    <button type="button" className={style.toggle} aria-pressed={on} onClick={() => onChange(!on)}>
      {children}
    </button>
  );
}

function TagToggles() {
  const [search, setSearch] = useViewSearch();
  const tags = useEntities((entities) => entities.tags);
  const chosen = commaSeparated(search.tags);
  const names = [...new Set([...chosen, ...Object.values(tags).map((tag) => tag.name)])].slice(
    0,
    Math.max(tagsOffered, chosen.length),
  );
  if (names.length === 0) return null;
  const set = (tagNames: string[]) => setSearch({ tags: joined(tagNames) }, { replace: true });
  return (
    <div className={style.row}>
      <span className={style.label}>{words.filter.tags}</span>
      <div className={style.options}>
        {names.map((name) => (
          <Toggle
            key={name}
            on={chosen.includes(name)}
            onChange={(on) => set(on ? [...chosen, name] : chosen.filter((one) => one !== name))}
          >
            {name}
          </Toggle>
        ))}
        {chosen.length > 1 && (
          <select
            className={style.select}
            aria-label={words.filter.tagsMatch}
            value={search.tags_match ?? 'any'}
            onChange={(event) =>
              setSearch({ tags_match: event.target.value === 'all' ? 'all' : undefined }, { replace: true })
            }
          >
            <option value="any">{words.filter.any}</option>
            <option value="all">{words.filter.all}</option>
          </select>
        )}
      </div>
    </div>
  );
}

function DateField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <input
      type="date"
      className={style.select}
      aria-label={label}
      value={value ?? ''}
      min="1900-01-01"
      max="2200-12-31"
      onChange={(event) => onChange(event.target.value || undefined)}
    />
  );
}

function PlaceFilters() {
  const [search, setSearch] = useViewSearch();
  const lists = useEntities((entities) => entities.lists);
  const spaces = useEntities((entities) => entities.spaces);
  const members = useEntities((entities) => entities.members);
  const set = (change: Partial<Record<keyof ViewSearch, string | undefined>>) => setSearch(change, { replace: true });
  const shared = Object.values(spaces).filter((space) => space.kind === 'shared');
  const people = [...new Map(Object.values(members).map((member) => [member.user_id, member.name])).entries()];
  return (
    <div className={style.row}>
      <span className={style.label}>{words.filter.list}</span>
      <div className={style.options}>
        <select
          className={style.select}
          aria-label={words.filter.list}
          value={search.list_id ?? ''}
          onChange={(event) => set({ list_id: event.target.value || undefined })}
        >
          <option value="">{words.filter.anyList}</option>
          {Object.values(lists).map((list) => (
            <option key={list.id} value={list.id}>
              {spaces[list.space_id]?.kind === 'shared' ? `${spaces[list.space_id]?.name} · ${list.name}` : list.name}
            </option>
          ))}
        </select>
        {shared.length > 0 && (
          <>
            <select
              className={style.select}
              aria-label={words.filter.space}
              value={search.space_id ?? ''}
              onChange={(event) => set({ space_id: event.target.value || undefined })}
            >
              <option value="">{words.filter.everywhere}</option>
              {Object.values(spaces).map((space) => (
                <option key={space.id} value={space.id}>
                  {space.name}
                </option>
              ))}
            </select>
            <select
              className={style.select}
              aria-label={words.filter.assignee}
              value={search.assignee_id ?? ''}
              onChange={(event) => set({ assignee_id: event.target.value || undefined })}
            >
              <option value="">{words.filter.anyone}</option>
              {people.map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </>
        )}
      </div>
    </div>
  );
}
