/**
 * Traces that begin with a click or a key. Nothing happens here until an answer of the API says by its header `traceresponse` that
 * the server records traces. From then on a request that follows a gesture carries a `traceparent`, and where the server records
 * that trace, the gesture and the request are told to it, some together, after a moment. What cannot be told is forgotten.
 */
import type { BrowserSpan, BrowserSpans } from '@daymark/core/contract/trace.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request of a trace. */
export type TracedRequest = {
  /** What the request is sent with; null when it belongs to no gesture. */
  readonly traceparent: string | null;
  /** Told what the server answered in `traceresponse`, and whether the request came through. */
  answered(traceresponse: string | null, succeeded: boolean): void;
};

export type ClickTraces = {
  request(method: Method, path: string): TracedRequest;
};

export type TraceSurroundings = {
  /** Milliseconds since 1970, with fractions. */
  now(): number;
  /** So many random hexadecimal digits. */
  hex(digits: number): string;
  /** Calls back at each gesture from now on. */
  onGesture(listener: (name: 'click' | 'key') => void): void;
  /** Calls back before the page may be gone. */
  onLeaving(listener: () => void): void;
  later(act: () => void, ms: number): void;
  send(spans: BrowserSpans): void;
};

/** A request that comes later has another cause. */
const gestureLastsMs = 1000;
const gatherMs = 1500;
/** More than these are forgotten; the server takes no more at once. */
export const spansPerReportMax = 50;

type Gesture = { name: 'click' | 'key'; at: number; traceId: string; spanId: string; told: boolean };

const untraced: TracedRequest = { traceparent: null, answered: () => undefined };

/** Requests that follow from what others did, not from a gesture. */
const isBackground = (method: Method, path: string): boolean => method === 'GET' && path.startsWith('/api/v1/sync');

export function createClickTraces(around: TraceSurroundings): ClickTraces {
  let listening = false;
  let gesture: Gesture | null = null;
  let waiting: BrowserSpan[] = [];
  let scheduled = false;

  const flush = (): void => {
    scheduled = false;
    if (waiting.length === 0) return;
    const spans = waiting;
    waiting = [];
    around.send({ sent_at: around.now(), spans });
  };

  const tell = (span: BrowserSpan): void => {
    if (waiting.length === spansPerReportMax) return;
    waiting.push(span);
    if (scheduled) return;
    scheduled = true;
    around.later(flush, gatherMs);
  };

  const listen = (): void => {
    listening = true;
    around.onGesture((name) => {
      gesture = { name, at: around.now(), traceId: around.hex(32), spanId: around.hex(16), told: false };
    });
    around.onLeaving(flush);
  };

  /** The first request that comes through tells of the gesture too. */
  const tellOf = (from: Gesture, request: Omit<BrowserSpan, 'trace_id' | 'parent_span_id'>): void => {
    const trace_id = from.traceId;
    if (!from.told) {
      from.told = true;
      const duration_ms = request.started_at + request.duration_ms - from.at;
      const { name, spanId: span_id, at: started_at } = from;
      tell({ trace_id, span_id, parent_span_id: null, name, started_at, duration_ms, failed: request.failed });
    }
    tell({ ...request, trace_id, parent_span_id: from.spanId });
  };

  return {
    request(method, path) {
      if (!listening) {
        return {
          traceparent: null,
          answered: (traceresponse) => {
            if (traceresponse !== null && !listening) listen();
          },
        };
      }
      const started_at = around.now();
      const from = gesture;
      if (!from || started_at - from.at > gestureLastsMs || isBackground(method, path)) return untraced;
      const span_id = around.hex(16);
      return {
        traceparent: `00-${from.traceId}-${span_id}-01`,
        answered(traceresponse, succeeded) {
          const isRecorded = traceresponse?.startsWith(`00-${from.traceId}-`) && traceresponse.endsWith('-01');
          if (!isRecorded) return;
          const duration_ms = Math.max(0, around.now() - started_at);
          tellOf(from, { span_id, name: method, started_at, duration_ms, failed: !succeeded });
        },
      };
    },
  };
}
