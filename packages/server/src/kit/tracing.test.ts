import { describe, expect, it } from 'vitest';
import { formatTraceparent, noTracing, parseTraceparent } from './tracing.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

describe('a traceparent from outside', () => {
  it('is read and written again', () => {
    const text = `00-${traceId}-${spanId}-01`;
    const context = parseTraceparent(text);
    expect(context).toEqual({ traceId, spanId, sampled: true });
    expect(context && formatTraceparent(context)).toBe(text);
  });

  it('of a later version is read as far as it is known', () => {
    expect(parseTraceparent(`01-${traceId}-${spanId}-03-more`)).toEqual({ traceId, spanId, sampled: true });
    expect(parseTraceparent(`01-${traceId}-${spanId}-02`)).toEqual({ traceId, spanId, sampled: false });
  });

  it.each([
    ['nothing', undefined],
    ['not text', 7],
    ['several headers', [`00-${traceId}-${spanId}-01`]],
    ['an empty one', ''],
    ['a version that is none', `ff-${traceId}-${spanId}-01`],
    ['more than version 00 has', `00-${traceId}-${spanId}-01-more`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['a line break', `00-${traceId}-${spanId}-01\n`],
    ['too long', `01-${traceId}-${spanId}-01-${'x'.repeat(600)}`],
  ])('is refused when it is %s', (_what, text) => {
    expect(parseTraceparent(text)).toBeNull();
  });
});

describe('without tracing', () => {
  it('the work is done and nothing is at hand', async () => {
    const answer = await noTracing.span('work', { kind: 'internal' }, async (span) => {
      span.set({ items: 1 });
      return [span.traceparent, noTracing.current(), noTracing.traceId()];
    });
    expect(answer).toEqual([null, null, null]);
  });

  it('an error passes as it is', async () => {
    const error = new Error('it failed');
    const work = noTracing.span('work', { kind: 'internal' }, () => Promise.reject(error));
    await expect(work).rejects.toBe(error);
  });

  it('a span that is begun can be ended', () => {
    const span = noTracing.begin('work', { kind: 'producer', parent: `00-${traceId}-${spanId}-01` });
    expect(span.around(() => span.traceparent)).toBeNull();
    span.end();
  });
});
