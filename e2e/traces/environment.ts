/** The environment of a program that records traces. */
import type { OtlpBridge } from '../../tools/engines/otlp-bridge.ts';

export const tracedEnv = (collector: Pick<OtlpBridge, 'endpoint'>): Record<string, string> => ({
  DAYMARK_RATE_LIMIT_PER_MINUTE: '0',
  DAYMARK_WEBHOOK_ALLOW_PRIVATE: 'true',
  // Hand-overs are logged at this level.
  DAYMARK_LOG_LEVEL: 'debug',
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
  OTEL_BSP_SCHEDULE_DELAY: '200',
});
