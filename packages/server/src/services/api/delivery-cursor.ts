/** Pages of deliveries, the newest first: a cursor names the last one of the page before. */
import type { Delivery } from '@daymark/core/contract/notification.ts';
import { Id, Instant } from '@daymark/core/contract/primitives.ts';
import { Problem } from '@daymark/core/contract/problem.ts';
import { z } from 'zod';
import type { DeliveryPlace } from '../../store/delivery-ledger.ts';

const Place = z.object({ at: Instant, id: Id });

/** Throws Problem `validation_failed` for what is no cursor of such a list. */
export function deliveryPlace(cursor: string | undefined): DeliveryPlace | null {
  if (cursor === undefined) return null;
  const [at, id] = cursor.split('~');
  const place = Place.safeParse({ at, id });
  if (place.success) return place.data;
  const message = 'is not one that was answered';
  throw new Problem('validation_failed', `cursor: ${message}`, { errors: [{ path: 'cursor', message }] });
}

/** A page of rows of which one more than `limit` was asked for; `by` is what they are sorted by. */
export function deliveryCursor<Row extends Delivery>(
  rows: readonly Row[],
  limit: number,
  by: 'created_at' | 'updated_at',
): { items: Row[]; next_cursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: rows.length > limit && last ? `${last[by]}~${last.id}` : null };
}
