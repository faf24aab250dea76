/**
 * A random source that a seed decides. What happens at the same time in a run draws from forks of it, each with a name, so that the
 * order in which they are asked does not change what each is told.
 */
export interface Random {
  /** A number from 0 up to, and without, 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** One of the items; each is as likely. Throws where there is none. */
  pick<Item>(items: readonly Item[]): Item;
  /** True in that share of cases, from 0 to 1. */
  chance(share: number): boolean;
  /** A source of its own, decided by this one's seed and the name. */
  fork(name: string): Random;
}

/** The same seed, a whole number, gives the same numbers on every machine. */
export function seededRandom(seed: number): Random {
  // Mulberry32: 32 bits of state, which is plenty to choose whom to kill.
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick(items) {
      if (items.length === 0) throw new Error('there is nothing to pick from');
      return items[Math.floor(next() * items.length)] as (typeof items)[number];
    },
    chance: (share) => next() < share,
    fork: (name) => seededRandom(hashOf(`${seed} ${name}`)),
  };
}

/** FNV-1a of the text, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
