import type { Tag } from '@daymark/core/contract/tag.ts';
import { useEffect, useMemo, useState } from 'react';
import { useDaymark, useEntities } from '../../app/daymark-context.ts';
import { usePlace } from '../../app/use-place.ts';
import type { Task } from '../../store/entities.ts';
import { words } from '../../text/words.ts';
import { deviceZone } from '../../text/zone-time.ts';
import { countTasks } from '../../views/task-groups.ts';
import { ListDot } from '../controls/mark.tsx';
import { activeLists } from '../frame/sidebar-lists.tsx';
import { Initials } from '../task-row/row-marks.tsx';
import { type Choice, ChoiceList } from './choice-list.tsx';
import { PrioritySign } from './priority-sign.tsx';

const priorities = ['high', 'medium', 'low'] as const;
const statuses = ['todo', 'in_progress', 'completed', 'cancelled'] as const;
const noOne = 'no-one';

type PriorityPickerProps = { value: string | null; onPick: (priority: Task['priority']) => void };

export function PriorityPicker({ value, onPick }: PriorityPickerProps) {
  const choices: Choice[] = [...priorities, 'none' as const].map((name, index) => ({
    id: name,
    name: words.priorities[name],
    icon: <PrioritySign priority={name === 'none' ? null : name} />,
    detail: index + 1,
    checked: (value ?? 'none') === name,
  }));
  return (
    <ChoiceList
      label={words.task.priority}
      choices={choices}
      search={false}
      onPick={(id) => onPick(priorities.find((one) => one === id) ?? null)}
    />
  );
}

export function StatusPicker({ value, onPick }: { value: string; onPick: (status: Task['status']) => void }) {
  const choices: Choice[] = statuses.map((name, index) => ({
    id: name,
    name: words.statuses[name],
    detail: index + 1,
    checked: value === name,
  }));
  return (
    <ChoiceList
      label={words.task.status}
      choices={choices}
      search={false}
      onPick={(id) => onPick(id as Task['status'])}
    />
  );
}

type TagPickerProps = {
  spaceId: string;
  value: readonly string[];
  mixed: readonly string[];
  onToggle: (name: string, on: boolean) => void;
};

/** Tags ranked by use; the server knows the uses of all of them, this device only of what it has. */
export function TagPicker({ spaceId, value, mixed, onToggle }: TagPickerProps) {
  const { api } = useDaymark();
  const tags = useEntities((entities) => entities.tags);
  const [uses, setUses] = useState<Record<string, number>>({});
  const [chosen, setChosen] = useState<readonly string[]>(value);
  const [some, setSome] = useState<readonly string[]>(mixed);
  useEffect(() => {
    const ended = new AbortController();
    api<{ items: Tag[] }>({
      method: 'GET',
      path: '/api/v1/tags',
      query: { space_id: spaceId, limit: 500 },
      signal: ended.signal,
    }).then(
      ({ items }) => setUses(Object.fromEntries(items.map((tag) => [tag.name, tag.uses ?? 0]))),
      // Without the numbers the order is by name.
      () => undefined,
    );
    return () => ended.abort();
  }, [api, spaceId]);
  const names = useMemo(() => {
    const known = Object.values(tags)
      .filter((tag) => tag.space_id === spaceId)
      .map((tag) => tag.name);
    const rank = (name: string) => (value.includes(name) ? 1e9 : 0) + (uses[name] ?? 0);
    return [...new Set([...known, ...value])].sort((a, b) => rank(b) - rank(a) || a.localeCompare(b));
  }, [tags, spaceId, value, uses]);
  const all = [...names, ...chosen.filter((name) => !names.includes(name))];
  const toggle = (name: string): void => {
    const on = !chosen.includes(name);
    setChosen(on ? [...chosen, name] : chosen.filter((one) => one !== name));
    setSome(some.filter((one) => one !== name));
    onToggle(name, on);
  };
  const choices: Choice[] = all.map((name) => ({
    id: name,
    name,
    ...(uses[name] ? { detail: uses[name] } : {}),
    checked: chosen.includes(name) ? true : some.includes(name) ? 'mixed' : false,
  }));
  return (
    <ChoiceList
      label={words.task.tags}
      placeholder={words.task.addTag}
      choices={choices}
      multiple
      onPick={toggle}
      onCreate={(name) => toggle(name.replace(/^#/, '').replaceAll(',', ' ').trim())}
    />
  );
}

type ListPickerProps = { spaceId: string | null; value: string | null; onPick: (listId: string) => void };

export function ListPicker({ spaceId, value, onPick }: ListPickerProps) {
  const entities = useEntities((all) => all);
  const place = usePlace();
  const counts = countTasks(entities, '', place).lists;
  const spaces = Object.values(entities.spaces)
    .filter((space) => (spaceId === null ? space.role !== 'viewer' : space.id === spaceId))
    .sort((a, b) => (a.kind === b.kind ? a.name.localeCompare(b.name) : a.kind === 'personal' ? -1 : 1));
  const choices: Choice[] = spaces.flatMap((space) => {
    const group = space.kind === 'shared' ? { group: space.name, also: space.name } : {};
    const inbox: Choice = {
      id: space.inbox_id,
      name: words.places.inbox,
      icon: <ListDot colour="grey" />,
      checked: value === space.inbox_id,
      ...group,
    };
    const lists = activeLists(Object.values(entities.lists), space.id).map(
      (list): Choice => ({
        id: list.id,
        name: list.name,
        icon: <ListDot colour={list.colour} />,
        detail: counts[list.id],
        checked: value === list.id,
        ...group,
      }),
    );
    return [inbox, ...lists];
  });
  return <ChoiceList label={words.task.list} placeholder={words.task.move} choices={choices} onPick={onPick} />;
}

type AssigneePickerProps = { spaceId: string; value: string | null; onPick: (userId: string | null) => void };

export function AssigneePicker({ spaceId, value, onPick }: AssigneePickerProps) {
  const members = useEntities((entities) => entities.members);
  const choices: Choice[] = [
    { id: noOne, name: words.task.noOne, checked: value === null },
    ...Object.values(members)
      .filter((member) => member.space_id === spaceId)
      .sort((a, b) => a.name.localeCompare(b.name))
      .map(
        (member): Choice => ({
          id: member.user_id,
          name: member.name,
          also: member.email,
          icon: <Initials name={member.name} />,
          checked: value === member.user_id,
        }),
      ),
  ];
  return <ChoiceList label={words.task.assignee} choices={choices} onPick={(id) => onPick(id === noOne ? null : id)} />;
}

export function ZonePicker({ value, onPick }: { value: string; onPick: (zone: string) => void }) {
  const choices = useMemo((): Choice[] => {
    const all = [...new Set([value, deviceZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')])];
    return all.map((zone) => ({ id: zone, name: zone.replaceAll('_', ' '), checked: zone === value }));
  }, [value]);
  return (
    <ChoiceList label={words.task.timezone} placeholder={words.dates.searchZone} choices={choices} onPick={onPick} />
  );
}
