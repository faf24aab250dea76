import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useDaymarkState } from '../../app/daymark-context.ts';
import { settle } from '../../views/settle.ts';
import type { TaskGroup } from '../../views/task-groups.ts';

/** A row is held while the pointer moves over it and so long after. */
const holdMs = 900;

type Shown = { ids: string[]; groupOf: Map<string, string> };

export type SettledGroups = {
  groups: TaskGroup[];
  waiting: number;
  release: () => void;
  listProps: { onPointerMove: (event: PointerEvent) => void; onPointerLeave: () => void };
};

const sameKeys = (ids: readonly string[], groups: readonly TaskGroup[]): Map<string, string> => {
  const groupOf = new Map<string, string>();
  for (const group of groups) for (const task of group.tasks) groupOf.set(task.id, group.key);
  for (const id of ids) if (!groupOf.has(id)) groupOf.set(id, groups[0]?.key ?? '');
  return groupOf;
};

/** Groups as they may be shown now: what would move the row under the pointer waits until it is let go. */
export function useSettledGroups(groups: TaskGroup[]): SettledGroups {
  const actions = useDaymarkState((state) => state.actions);
  const tasks = useDaymarkState((state) => state.replica.shown.tasks);
  const [, setReleases] = useState(0);
  const held = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const shown = useRef<Shown & { actions: number }>({ ids: [], groupOf: new Map(), actions });

  const release = (): void => {
    clearTimeout(timer.current);
    if (held.current === null) return;
    held.current = null;
    setReleases((count) => count + 1);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  const next = groups.flatMap((group) => group.tasks.map((task) => task.id));
  // What the person did is followed at once; only changes from elsewhere wait.
  const heldId = shown.current.actions === actions ? held.current : null;
  const settled = settle(shown.current.ids, next, heldId);
  const nextGroupOf = sameKeys(settled.ids, groups);
  const kept = new Set(heldId === null ? [] : shown.current.ids.slice(0, shown.current.ids.indexOf(heldId) + 1));
  const groupOf = new Map(
    settled.ids.map((id) => [
      id,
      (kept.has(id) ? shown.current.groupOf.get(id) : undefined) ?? nextGroupOf.get(id) ?? '',
    ]),
  );

  useEffect(() => {
    shown.current = { ids: settled.ids, groupOf, actions };
  });

  const byKey = new Map(groups.map((group) => [group.key, { ...group, tasks: [] as TaskGroup['tasks'] }]));
  for (const id of settled.ids) {
    const task = tasks[id];
    if (task) byKey.get(groupOf.get(id) ?? '')?.tasks.push(task);
  }

  return {
    groups: [...byKey.values()],
    waiting: settled.waiting,
    release,
    listProps: {
      onPointerMove: (event) => {
        if (event.pointerType !== 'mouse') return;
        const row = (event.target as Element).closest<HTMLElement>('li[data-task]');
        held.current = row?.dataset.task ?? null;
        clearTimeout(timer.current);
        timer.current = setTimeout(release, holdMs);
      },
      onPointerLeave: release,
    },
  };
}
