/** Positions among siblings: a fractional index between two neighbours. */
import { generateKeyBetween } from 'fractional-indexing';
import type { Task } from '../store/entities.ts';

/** A position between two, or undefined where none can be made; the server then finds one. */
export function positionBetween(before: string | null, after: string | null): string | undefined {
  try {
    return generateKeyBetween(before, after);
  } catch {
    return undefined;
  }
}

type Placed = Pick<Task, 'id' | 'position'>;

/** The position at which `movedId` stands right before or after `targetId` among siblings that are in order. */
export function positionBeside(
  siblings: readonly Placed[],
  movedId: string,
  targetId: string,
  side: 'before' | 'after',
): string | undefined {
  const others = siblings.filter((one) => one.id !== movedId);
  const index = others.findIndex((one) => one.id === targetId);
  if (index < 0) return undefined;
  const at = side === 'before' ? index : index + 1;
  return positionBetween(others[at - 1]?.position ?? null, others[at]?.position ?? null);
}
