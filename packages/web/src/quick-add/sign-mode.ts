/** Whose signs quick add takes: Todoist's (`#list @tag p1`) or Vikunja's (`+list *tag !1`). Kept on this device. */
export type SignMode = 'todoist' | 'vikunja';

const storageKey = 'daymark.signs';

export function signMode(): SignMode {
  try {
    return localStorage.getItem(storageKey) === 'vikunja' ? 'vikunja' : 'todoist';
  } catch {
    return 'todoist';
  }
}

export function chooseSignMode(mode: SignMode): void {
  try {
    if (mode === 'todoist') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, mode);
  } catch {
    // Without storage the usual signs stay.
  }
}
