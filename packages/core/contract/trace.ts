/** What a browser tells of its part in a trace: when somebody clicked, and how long the requests took that followed. */
import { z } from 'zod';

export const browserSpansMax = 50;
const duration_msMax = 600_000;

const hexadecimal = (digits: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `must be ${digits} hexadecimal digits`);

/** Milliseconds since 1970, by the clock of the browser. */
const Moment = z.number().min(0).max(4_102_444_800_000);

/** Closed sets of names, so that nothing of what people wrote can get into a trace. */
export const BrowserSpan = z
  .strictObject({
    trace_id: hexadecimal(32),
    span_id: hexadecimal(16),
    parent_span_id: hexadecimal(16).nullable(),
    name: z.enum(['click', 'key', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    started_at: Moment,
    duration_ms: z.number().min(0).max(duration_msMax),
    failed: z.boolean(),
  })
  .meta({ id: 'BrowserSpan' });
export type BrowserSpan = z.infer<typeof BrowserSpan>;

/** Body of `POST /traces`. */
export const BrowserSpans = z
  .strictObject({
    /** When it was sent, by the same clock as the spans: so that a clock that is wrong does not matter. */
    sent_at: Moment,
    spans: z.array(BrowserSpan).min(1).max(browserSpansMax),
  })
  .meta({ id: 'BrowserSpans' });
export type BrowserSpans = z.infer<typeof BrowserSpans>;

export const SpansTaken = z
  .object({ accepted: z.int().min(0).describe('How many are recorded: none where the server records no traces') })
  .meta({ id: 'SpansTaken' });
