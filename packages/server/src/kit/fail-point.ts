/**
 * Named places where a test lets the process die: at a fail point it ends as a power cut would end it, with SIGKILL, so that nothing
 * is flushed, rolled back or said. A module is given `FailPoints` and says `failPoints.at('delivery:recorded')` between two steps.
 */

export interface FailPoints {
  readonly at: (name: string) => void;
}

export const noFailPoints: FailPoints = { at: () => {} };

export interface FailPoint {
  readonly name: string;
  /** At which passing the process dies, from 1 on. */
  readonly passing: number;
}

/** Reads `name` or `name@n`: letters, digits, `.`, `:`, `_` and `-`. Null when it is neither. */
export function parseFailPoint(text: string): FailPoint | null {
  const match = /^([a-zA-Z0-9._:-]{1,100})(?:@([1-9]\d{0,8}))?$/.exec(text);
  return match ? { name: match[1] as string, passing: Number(match[2] ?? 1) } : null;
}

/** Counts the passings of one fail point and calls `die` at the given one; a test of this file gives a `die` that returns. */
export function failPointsAt(
  point: FailPoint,
  die: () => void = () => process.kill(process.pid, 'SIGKILL'),
): FailPoints {
  let passings = 0;
  return {
    at(name) {
      if (name !== point.name) return;
      passings += 1;
      if (passings === point.passing) die();
    },
  };
}
