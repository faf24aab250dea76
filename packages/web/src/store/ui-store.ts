/** What is open and selected on this screen. Nothing here is kept or sent. */

import type { Recurrence, RecurrenceInput } from '@daymark/core/contract/recurrence.ts';
import type { ReminderInput } from '@daymark/core/contract/reminder.ts';
import type { ReactNode } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DueValue } from './due-value.ts';
import type { Task } from './entities.ts';

type Toast = {
  id: number;
  text: string;
  undo: boolean;
  tone: 'plain' | 'problem';
  /** The completed instance whose next one is told as soon as it is known. */
  completes?: Task;
};

export type MenuItem = {
  id: string;
  label: string;
  icon?: ReactNode;
  key?: string;
  danger?: boolean;
  disabled?: boolean;
  separated?: boolean;
  run: () => void;
};

/** A rule as it is asked for, as it will be shown, and the first of its dates. */
export type RecurrenceChoice = { input: RecurrenceInput; shown: Recurrence; first: string };

/** A choice that floats beside an element. One at a time; the host renders the one that is asked for. */
type Picker =
  | { kind: 'due'; value: DueValue; title: string; withTime: boolean; pick: (value: DueValue) => void }
  | { kind: 'priority'; value: string | null; pick: (value: 'high' | 'medium' | 'low' | null) => void }
  | { kind: 'status'; value: string; pick: (value: 'todo' | 'in_progress' | 'completed' | 'cancelled') => void }
  | {
      kind: 'tags';
      spaceId: string;
      value: readonly string[];
      mixed?: readonly string[];
      toggle: (name: string, on: boolean) => void;
    }
  | { kind: 'list'; spaceId: string | null; value: string | null; pick: (listId: string) => void }
  | { kind: 'assignee'; spaceId: string; value: string | null; pick: (userId: string | null) => void }
  | { kind: 'zone'; value: string; pick: (zone: string) => void }
  | {
      kind: 'recurrence';
      value: Recurrence | null;
      /** The due time of the task as its clock shows it, `2026-12-01T09:00:00`, or its day. */
      start: string;
      zone: string;
      pick: (choice: RecurrenceChoice | null) => void;
      /** Offered for the open instance of a series. */
      skip?: () => void;
      stop?: () => void;
    }
  | {
      kind: 'reminders';
      due: { due_at: string | null; due_on: string | null };
      value: readonly ReminderInput[];
      pick: (reminders: ReminderInput[]) => void;
    }
  | { kind: 'moment'; title: string; value: string; pick: (instant: string) => void }
  | { kind: 'menu'; label: string; items: readonly MenuItem[] };

export type Dialog =
  | { kind: 'palette' }
  | { kind: 'keys' }
  | { kind: 'list'; listId: string | null; spaceId: string | null }
  | { kind: 'space' }
  | {
      kind: 'confirm';
      title: string;
      body: string;
      action: string;
      /** What must be typed before the action is possible; without it the action is one key away. */
      typed: string | null;
      /** Ways in which it can be done; the first is the usual one. */
      choices?: readonly { id: string; label: string }[];
      run: (choice: string) => void;
    };

export type UiState = {
  toast: Toast | null;
  picker: (Picker & { anchor: Element; align: 'start' | 'end' }) | null;
  dialog: Dialog | null;
  /** Ids of selected tasks, in the order of selecting. */
  selection: readonly string[];
  sidebarOpen: boolean;
  quickAddOpen: boolean;
  /** The panel below the title of a view. */
  panel: 'filter' | 'sort' | null;
};

export type UiStore = StoreApi<UiState> & {
  say(text: string, options?: { undo?: boolean; tone?: Toast['tone']; completes?: Task }): void;
  /** Says more in the toast that waits for the next instance of this task, while it stands. */
  sayNext(taskId: string, text: string): void;
  openPicker(picker: Picker, anchor: Element, align?: 'start' | 'end'): void;
};

export function createUiStore(): UiStore {
  const store = createStore<UiState>()(() => ({
    toast: null,
    picker: null,
    dialog: null,
    selection: [],
    sidebarOpen: false,
    quickAddOpen: false,
    panel: null,
  }));
  let toastId = 0;
  return {
    ...store,
    say(text, options = {}) {
      toastId += 1;
      const { undo = false, tone = 'plain', completes } = options;
      store.setState({ toast: { id: toastId, text, undo, tone, ...(completes ? { completes } : {}) } });
    },
    sayNext(taskId, text) {
      const { toast } = store.getState();
      if (toast?.completes?.id !== taskId) return;
      const { completes: _known, ...rest } = toast;
      store.setState({ toast: { ...rest, text } });
    },
    openPicker(picker, anchor, align = 'start') {
      store.setState({ picker: { ...picker, anchor, align } });
    },
  };
}
