/** Pages of short lists, whose cursor is nothing but the place where the next page begins. */
import { Problem } from '@daymark/core/contract/problem.ts';

interface AskedPage {
  readonly limit: number;
  readonly offset?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Where the page begins. Throws Problem `validation_failed` for a cursor that is none, or together with `offset`. */
export function pageStart({ limit, offset, cursor }: AskedPage): { limit: number; offset: number } {
  if (cursor === undefined) return { limit, offset: offset ?? 0 };
  const place = /^n([0-9]{1,9})$/.exec(cursor)?.[1];
  const message = offset !== undefined ? 'cannot be given together with offset' : 'is not a cursor of this list';
  if (place === undefined || offset !== undefined) {
    throw new Problem('validation_failed', `cursor: ${message}`, { errors: [{ path: 'cursor', message }] });
  }
  return { limit, offset: Number(place) };
}

/** The cursor of the page that follows, or null after the last one. */
export function nextCursor(start: { limit: number; offset: number }, total: number): string | null {
  const next = start.offset + start.limit;
  return next < total ? `n${next}` : null;
}
