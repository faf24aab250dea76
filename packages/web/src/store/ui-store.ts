/** What is open and selected on this screen. Nothing here is kept or sent. */
import type { ReactNode } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DueValue } from './due-value.ts';

type Toast = { id: number; text: string; undo: boolean; tone: 'plain' | 'problem' };

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
  say(text: string, options?: { undo?: boolean; tone?: Toast['tone'] }): void;
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
      store.setState({ toast: { id: toastId, text, undo: options.undo ?? false, tone: options.tone ?? 'plain' } });
    },
    openPicker(picker, anchor, align = 'start') {
      store.setState({ picker: { ...picker, anchor, align } });
    },
  };
}
