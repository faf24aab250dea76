/** What a new task will be: chosen beside the line, else understood in it, else what the view begins with. Pure. */

import type { Recurrence } from '@daymark/core/contract/recurrence.ts';
import type { ReminderInput } from '@daymark/core/contract/reminder.ts';
import type { DueValue } from '../store/due-value.ts';
import type { LineReading } from './read-line.ts';

export type Priority = 'high' | 'medium' | 'low' | null;

/** What was chosen by hand; a field that is missing was not. */
export type Chosen = {
  due?: DueValue;
  priority?: Priority;
  listId?: string;
  tags?: readonly string[];
  recurrence?: Recurrence | null;
  reminders?: readonly ReminderInput[];
};

export type ViewDefaults = { listId: string; date?: string; tags?: readonly string[]; zone: string };

export type Draft = {
  title: string;
  due: DueValue;
  priority: Priority;
  listId: string;
  tags: string[];
  recurrence: Recurrence | null;
  reminders: readonly ReminderInput[];
  assigneeId: string | null;
};

export function draftFrom(text: string, reading: LineReading | null, chosen: Chosen, view: ViewDefaults): Draft {
  const { zone } = view;
  const understood = reading?.due ? { ...reading.due, zone } : { date: view.date ?? null, time: null, zone };
  return {
    title: (reading?.title ?? text).trim(),
    due: chosen.due ?? understood,
    priority: chosen.priority === undefined ? (reading?.priority ?? null) : chosen.priority,
    listId: chosen.listId ?? reading?.listId ?? view.listId,
    tags: [...new Set([...(chosen.tags ?? view.tags ?? []), ...(reading?.tags ?? [])])],
    recurrence: chosen.recurrence === undefined ? (reading?.recurrence ?? null) : chosen.recurrence,
    reminders: chosen.reminders ?? reading?.reminders ?? [],
    assigneeId: reading?.assigneeId ?? null,
  };
}
