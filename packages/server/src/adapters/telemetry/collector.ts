/**
 * Sends spans to a collector, as JSON over HTTP. A collector that does not answer costs dropped spans and one line in the log: what
 * waits is bounded, and nobody waits for it.
 */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { TracingSettings } from './settings.ts';

/** Spans beyond these are dropped. */
const spansWaitingMax = 4096;
const spansPerPostMax = 512;

/** `onTrouble` hears when the collector stops answering, `onRecovered` when it does again. */
export interface CollectorListener {
  readonly onTrouble: (error: unknown) => void;
  readonly onRecovered: () => void;
}

export function collectorProcessor(settings: TracingSettings, listener: CollectorListener): BatchSpanProcessor {
  const exporter = new OTLPTraceExporter({
    url: settings.collector,
    headers: { ...settings.headers },
    timeoutMillis: settings.timeout_ms,
  });
  return new BatchSpanProcessor({
    exporter: watched(exporter, listener),
    maxQueueSize: spansWaitingMax,
    maxExportBatchSize: spansPerPostMax,
    scheduledDelayMillis: settings.gather_ms,
    exportTimeoutMillis: settings.timeout_ms + 1000,
  });
}

const succeeded = 0;

function watched(exporter: SpanExporter, { onTrouble, onRecovered }: CollectorListener): SpanExporter {
  let inTrouble = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code !== succeeded;
        if (failed && !inTrouble) onTrouble(result.error);
        if (!failed && inTrouble) onRecovered();
        inTrouble = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
  };
}
