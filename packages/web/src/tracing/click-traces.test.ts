import type { BrowserSpans } from '@daymark/core/contract/trace.ts';
import { browserSpansMax, BrowserSpans as Schema } from '@daymark/core/contract/trace.ts';
import { describe, expect, it } from 'vitest';
import { createClickTraces, spansPerReportMax } from './click-traces.ts';

function page() {
  let now = 1_800_000_000_000;
  let count = 0;
  let gesture: ((name: 'click' | 'key') => void) | undefined;
  let leave: (() => void) | undefined;
  let timer: (() => void) | undefined;
  const sent: BrowserSpans[] = [];
  const traces = createClickTraces({
    now: () => now,
    hex: (digits) => (++count).toString(16).padStart(digits, '0'),
    onGesture: (listener) => {
      gesture = listener;
    },
    onLeaving: (listener) => {
      leave = listener;
    },
    later: (act) => {
      timer = act;
    },
    send: (spans) => sent.push(Schema.parse(spans)),
  });
  return {
    traces,
    sent,
    pass: (ms: number) => {
      now += ms;
    },
    gesture: () => gesture,
    click: () => gesture?.('click'),
    ring: () => timer?.(),
    leave: () => leave?.(),
  };
}

const someResponse = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const recorded = (traceparent: string | null): string => `00-${traceparent?.split('-')[1]}-${'c'.repeat(16)}-01`;

/** A page that knows that the server records traces. */
function tracedPage() {
  const one = page();
  one.traces.request('GET', '/api/v1/me').answered(someResponse, true);
  return one;
}

describe('where the server records no traces', () => {
  it('nothing is listened to, sent along or told', () => {
    const { traces, sent, gesture } = page();
    const request = traces.request('POST', '/api/v1/tasks');
    expect(request.traceparent).toBeNull();
    request.answered(null, true);
    expect(gesture()).toBeUndefined();
    expect(traces.request('POST', '/api/v1/tasks').traceparent).toBeNull();
    expect(sent).toEqual([]);
  });
});

describe('where the server records traces', () => {
  it('a click and its request are told together', () => {
    const { traces, sent, click, pass, ring } = tracedPage();
    click();
    pass(5);
    const request = traces.request('POST', '/api/v1/tasks/x/complete');
    pass(20);
    request.answered(recorded(request.traceparent), true);
    expect(sent).toEqual([]);
    ring();
    const [click_, post] = sent[0]?.spans ?? [];
    expect(click_).toMatchObject({ name: 'click', parent_span_id: null, duration_ms: 25, failed: false });
    expect(post).toMatchObject({ name: 'POST', parent_span_id: click_?.span_id, duration_ms: 20 });
    expect(request.traceparent).toBe(`00-${click_?.trace_id}-${post?.span_id}-01`);
  });

  it('a second request of the same click is told below the click, which is told once', () => {
    const { traces, sent, click, ring } = tracedPage();
    click();
    const [first, second] = [traces.request('POST', '/a'), traces.request('PATCH', '/b')];
    first.answered(recorded(first.traceparent), true);
    second.answered(recorded(second.traceparent), false);
    ring();
    expect(sent[0]?.spans.map(({ name, failed }) => [name, failed])).toEqual([
      ['click', false],
      ['POST', false],
      ['PATCH', true],
    ]);
  });

  it.each([
    ['left out by the server', (traceparent: string) => recorded(traceparent).replace(/01$/, '00')],
    ['of another trace', () => someResponse],
    ['answered by a server that has stopped recording', () => null],
  ])('a request that is %s is not told', (_what, responseOf) => {
    const { traces, sent, click, ring } = tracedPage();
    click();
    const request = traces.request('POST', '/api/v1/tasks');
    request.answered(responseOf(request.traceparent ?? ''), true);
    ring();
    expect(sent).toEqual([]);
  });

  it('a request without a click before it, and one that fetches what others did, have no trace', () => {
    const { traces, click, pass } = tracedPage();
    expect(traces.request('POST', '/api/v1/tasks').traceparent).toBeNull();
    click();
    expect(traces.request('GET', '/api/v1/sync').traceparent).toBeNull();
    pass(1001);
    expect(traces.request('POST', '/api/v1/tasks').traceparent).toBeNull();
  });

  it('what waits is told when the page goes', () => {
    const { traces, sent, click, leave } = tracedPage();
    click();
    const request = traces.request('DELETE', '/api/v1/tasks/x');
    request.answered(recorded(request.traceparent), true);
    leave();
    expect(sent[0]?.spans).toHaveLength(2);
  });

  it('no more is kept than one request may tell', () => {
    const { traces, sent, click, ring } = tracedPage();
    for (let count = 0; count < 100; count++) {
      click();
      const request = traces.request('POST', '/api/v1/tasks');
      request.answered(recorded(request.traceparent), true);
    }
    ring();
    expect(sent[0]?.spans).toHaveLength(spansPerReportMax);
    expect(spansPerReportMax).toBe(browserSpansMax);
  });
});
