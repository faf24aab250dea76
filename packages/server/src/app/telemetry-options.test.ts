import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const read = (environment: Record<string, string>) => readConfig([], environment);

describe('the options of tracing', () => {
  it('are off by default', () => {
    expect(read({})).toMatchObject({
      otlpEndpoint: undefined,
      otelDisabled: false,
      otelSampler: 'parentbased_always_on',
    });
  });

  it('are those that every program with OpenTelemetry has', () => {
    expect(
      read({
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x',
        OTEL_EXPORTER_OTLP_TIMEOUT: '2500',
        OTEL_SDK_DISABLED: 'TRUE',
        OTEL_SERVICE_NAME: 'tasks',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0.05',
      }),
    ).toMatchObject({
      otlpEndpoint: 'http://otel:4318',
      otlpHeaders: { authorization: 'Bearer x' },
      otlpTimeout_ms: 2500,
      otelDisabled: true,
      otelServiceName: 'tasks',
      otelResource: { 'deployment.environment.name': 'staging' },
      otelSampler: 'parentbased_traceidratio',
      otelSamplerRatio: 0.05,
    });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'otel:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'nonsense'],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '0'],
    ['OTEL_SDK_DISABLED', 'perhaps'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ])('%s is refused as %j, and said why', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(name);
  });

  it('do not print headers, which may hold a token', () => {
    expect(() => read({ OTEL_EXPORTER_OTLP_HEADERS: 'very secret' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('very secret') }),
    );
  });
});
