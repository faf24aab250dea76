/** Parts: neighbouring words that say one thing about time, and how sure that is. */
import type { BoundReading } from './bounds.ts';
import type { DateReading } from './date-reading.ts';
import type { Sureness } from './match.ts';
import type { RuleReading } from './recurrence.ts';
import type { TimeReading } from './times.ts';

interface Placed {
  /** The first word and the first word after it. */
  readonly from: number;
  readonly to: number;
  readonly sureness: Sureness;
}

export type Part = Placed &
  (
    | { readonly kind: 'date'; readonly value: DateReading }
    | { readonly kind: 'time'; readonly value: TimeReading }
    | { readonly kind: 'recurrence'; readonly value: RuleReading }
    | { readonly kind: 'bound'; readonly value: BoundReading }
  );
