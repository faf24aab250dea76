/** The options of tracing: the names that OpenTelemetry gives them. */
import { z } from 'zod';
import { parsePairs, samplerNames } from '../adapters/telemetry/settings.ts';

const timeoutMax_ms = 60_000;

const address = z
  .string()
  .refine(
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'must be an address such as http://127.0.0.1:4318',
  );

const pairs = z.string().transform((text, context) => {
  const read = parsePairs(text);
  if (read) return read;
  context.addIssue({
    code: 'custom',
    message: 'must be pairs such as name=value,other=value, with values percent-encoded',
  });
  return z.NEVER;
});

const milliseconds = z
  .string()
  .regex(/^\d{1,6}$/, `must be milliseconds, at most ${timeoutMax_ms}`)
  .transform(Number)
  .refine((value) => value >= 1 && value <= timeoutMax_ms, `must be milliseconds from 1 to ${timeoutMax_ms}`);

export const telemetryOptions = {
  otlpEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: address,
    defaultText: 'none: no traces are recorded',
    value: '<address>',
    help: 'A collector that takes OTLP over HTTP as JSON, usually on port 4318: traces are posted to /v1/traces below it.',
  },
  otlpTracesEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    schema: address,
    defaultText: 'derived from OTEL_EXPORTER_OTLP_ENDPOINT',
    value: '<address>',
    help: 'The full address to which traces are posted, where it is not the usual one.',
  },
  otlpHeaders: {
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    schema: pairs,
    default: '',
    defaultText: 'none',
    value: '<name=value,…>',
    secret: true,
    help: 'Headers that are sent to the collector, such as its token. Values are percent-encoded.',
  },
  otlpTimeout_ms: {
    env: 'OTEL_EXPORTER_OTLP_TIMEOUT',
    schema: milliseconds,
    default: '10000',
    value: '<milliseconds>',
    help: 'How long the collector may take to accept a batch of spans.',
  },
  otelDisabled: {
    env: 'OTEL_SDK_DISABLED',
    schema: z
      .string()
      .transform((text) => text.toLowerCase())
      .pipe(z.enum(['true', 'false'], { error: 'must be true or false' }))
      .transform((text) => text === 'true'),
    default: 'false',
    value: 'true|false',
    help: 'Turns tracing off also where a collector is named.',
  },
  otelServiceName: {
    env: 'OTEL_SERVICE_NAME',
    schema: z.string().min(1, 'must not be empty'),
    defaultText: 'daymark, or where it is only a part daymark-api and the like',
    value: '<name>',
    help: 'What traces call this process.',
  },
  otelResource: {
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    schema: pairs,
    default: '',
    defaultText: 'none',
    value: '<name=value,…>',
    help: 'What else traces say of this process, such as deployment.environment.name=production.',
  },
  otelSampler: {
    env: 'OTEL_TRACES_SAMPLER',
    schema: z.enum(samplerNames, { error: `must be one of ${samplerNames.join(', ')}` }),
    default: 'parentbased_always_on',
    value: samplerNames.join('|'),
    help: 'Which traces are recorded. With a ratio, a request from outside is never recorded beyond it, whatever its traceparent says.',
  },
  otelSamplerRatio: {
    env: 'OTEL_TRACES_SAMPLER_ARG',
    schema: z
      .string()
      .regex(/^\d(\.\d{1,10})?$/, 'must be a share from 0 to 1')
      .transform(Number)
      .refine((share) => share <= 1, 'must be a share from 0 to 1'),
    default: '1',
    value: '<share>',
    help: 'The share of traces that the samplers with traceidratio record, from 0 to 1.',
  },
  otelGather_ms: {
    env: 'OTEL_BSP_SCHEDULE_DELAY',
    schema: milliseconds,
    default: '5000',
    value: '<milliseconds>',
    help: 'How long spans are gathered before they are sent to the collector.',
  },
} as const;
