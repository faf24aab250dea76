import { describe, expect, it } from 'vitest';
import { collectorOf, parsePairs, samplingOf } from './settings.ts';

describe('the settings of tracing', () => {
  it('take headers and attributes as pairs with encoded values', () => {
    expect(parsePairs('deployment.environment.name=production, team=a%2Cb,')).toEqual({
      'deployment.environment.name': 'production',
      team: 'a,b',
    });
    expect(parsePairs('authorization=Basic%20eDp5PT0=')).toEqual({ authorization: 'Basic eDp5PT0=' });
  });

  it.each(['no value', '=value', 'a=%zz'])('refuse %j', (text) => {
    expect(parsePairs(text)).toBeNull();
  });

  it('send traces to the standard path of the collector, or exactly where it is said', () => {
    expect(collectorOf('http://otel:4318/', undefined)).toBe('http://otel:4318/v1/traces');
    expect(collectorOf('http://otel:4318/x', undefined)).toBe('http://otel:4318/x/v1/traces');
    expect(collectorOf('http://otel:4318', 'http://other/t')).toBe('http://other/t');
    expect(collectorOf(undefined, undefined)).toBeUndefined();
  });

  it('know the standard names of samplers', () => {
    expect(samplingOf('parentbased_always_on', 0.1)).toEqual({ ratio: 1, followsParent: true });
    expect(samplingOf('always_off', 0.1)).toEqual({ ratio: 0, followsParent: false });
    expect(samplingOf('parentbased_traceidratio', 0.1)).toEqual({ ratio: 0.1, followsParent: true });
  });
});
