/** Who listens to what, by name. */

export interface Listeners<Name extends string> {
  add(name: Name, listener: () => void): () => void;
  tell(name: string): void;
}

export function createListeners<Name extends string>(): Listeners<Name> {
  const byName = new Map<string, Set<() => void>>();
  return {
    add(name, listener) {
      const those = byName.get(name) ?? new Set();
      byName.set(name, those.add(listener));
      return () => those.delete(listener);
    },
    tell(name) {
      for (const listener of byName.get(name) ?? []) listener();
    },
  };
}
