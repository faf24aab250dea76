/**
 * The metrics of a process, for Prometheus. Every name is registered here, so that dashboards and alerts have one list to go by.
 * Labels are bounded: route patterns, never paths; names of consumers and topics, never ids.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Buckets in seconds, from a cached read to the longest transaction. */
const requestBuckets_s = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];
/** Buckets in seconds, from on time to a night of downtime. */
const latenessBuckets_s = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3600, 36_000];
const deliveryBuckets_s = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
/** Buckets in seconds, from one event in the same machine to a request that a broker answers late. */
const relayBuckets_s = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];
/** The event loop's delay is sampled at this pace; the finer default of 10 ms wakes an idle process too often. */
const eventLoopSample_ms = 50;

export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Makes a registry with all metrics in it. `runtime` adds memory, CPU, garbage collection and event-loop delay. */
export function createMetrics(options: { runtime: boolean }) {
  const registry = new Registry();
  const registers = [registry];
  if (options.runtime) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopSample_ms });
  const pools = new Map<string, () => PoolState>();

  new Gauge({
    name: 'database_pool_connections',
    help: 'Connections of a pool by state; waiting counts requests that wait for one.',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const [pool, state] of pools) {
        const { total, idle, waiting } = state();
        this.set({ pool, state: 'active' }, total - idle);
        this.set({ pool, state: 'idle' }, idle);
        this.set({ pool, state: 'waiting' }, waiting);
      }
    },
  });

  return {
    registry,
    /** Lets the gauge of pools read this one too. */
    watchPool(name: string, state: () => PoolState): void {
      pools.set(name, state);
    },
    httpRequestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Requests answered, by method, route pattern and class of status; the count is the rate.',
      labelNames: ['method', 'route', 'status'],
      buckets: requestBuckets_s,
      registers,
    }),
    reconciliationFindings: new Gauge({
      name: 'reconciliation_findings',
      help: 'What the last nightly reconciliation found lost, duplicate, without cause or different; all should be 0.',
      labelNames: ['kind'],
      registers,
    }),
    eventsPublished: new Counter({
      name: 'events_published_total',
      help: 'Events committed to the log.',
      labelNames: ['topic'],
      registers,
    }),
    eventsRelayed: new Counter({
      name: 'events_relayed_total',
      help: 'Events that a broker has taken from the relay.',
      labelNames: ['topic'],
      registers,
    }),
    relayBatchDuration: new Histogram({
      name: 'relay_batch_duration_seconds',
      help: 'How long a broker took to accept a batch of the relay.',
      buckets: relayBuckets_s,
      registers,
    }),
    relayFailures: new Counter({
      name: 'relay_failures_total',
      help: 'Batches of the relay that a broker did not take, or not whole; they are sent again.',
      labelNames: ['reason'],
      registers,
    }),
    outboxAge: new Gauge({
      name: 'outbox_age_seconds',
      help: 'Age of the oldest event that no broker has taken from the relay, by shard of the log.',
      labelNames: ['shard'],
      registers,
    }),
    outboxLag: new Gauge({
      name: 'outbox_lag_events',
      help: 'Events that no broker has taken from the relay, by shard of the log.',
      labelNames: ['shard'],
      registers,
    }),
    carrierArrivals: new Counter({
      name: 'event_arrivals_total',
      help: 'Events that came from a broker: new, known, a gap that was read from the log, or undecodable.',
      labelNames: ['consumer', 'outcome'],
      registers,
    }),
    carrierLag: new Gauge({
      name: 'carrier_lag_messages',
      help: 'Messages that a broker holds for a consumer and that it has not read.',
      labelNames: ['consumer'],
      registers,
    }),
    processedEventsDropped: new Counter({
      name: 'processed_events_dropped_total',
      help: 'Reports of processed events that no broker took and that were given up.',
      registers,
    }),
    eventProcessingDuration: new Histogram({
      name: 'event_processing_duration_seconds',
      help: 'How long a consumer took for an event.',
      labelNames: ['consumer'],
      buckets: requestBuckets_s,
      registers,
    }),
    eventProcessingFailures: new Counter({
      name: 'event_processing_failures_total',
      help: 'Attempts at an event that failed; the outcome dead went to the dead letters.',
      labelNames: ['consumer', 'outcome'],
      registers,
    }),
    consumerLag: new Gauge({
      name: 'consumer_lag_events',
      help: 'Events in the log that a consumer has not processed.',
      labelNames: ['consumer'],
      registers,
    }),
    consumerLagSeconds: new Gauge({
      name: 'consumer_lag_seconds',
      help: 'Age of the oldest event in the log that a consumer has not processed.',
      labelNames: ['consumer'],
      registers,
    }),
    eventHorizonAge: new Gauge({
      name: 'event_horizon_age_seconds',
      help: 'Age of the oldest open transaction that holds back the readers of the log.',
      registers,
    }),
    remindersDue: new Gauge({
      name: 'reminders_due',
      help: 'Reminders whose moment has come and that have not fired, when last looked at.',
      registers,
    }),
    remindersFired: new Counter({
      name: 'reminders_fired_total',
      help: 'Reminders that have fired.',
      registers,
    }),
    reminderLateness: new Histogram({
      name: 'reminder_lateness_seconds',
      help: 'Time from the moment of a reminder, or the end of the quiet hours that held it, to its firing.',
      buckets: latenessBuckets_s,
      registers,
    }),
    deliveries: new Counter({
      name: 'deliveries_total',
      help: 'What was written into the ledger of deliveries, by channel: sent, failed and to be tried again, dead, suppressed.',
      labelNames: ['channel', 'state'],
      registers,
    }),
    deliveryAttempts: new Counter({
      name: 'delivery_attempts_total',
      help: 'Hand-overs of messages, by channel and by what came of them.',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    deliveryLateness: new Histogram({
      name: 'delivery_lateness_seconds',
      help: 'Time from the decision to send to the first hand-over.',
      labelNames: ['channel'],
      buckets: latenessBuckets_s,
      registers,
    }),
    deliveryCircuits: new Gauge({
      name: 'delivery_circuits_open',
      help: 'Targets, or whole channels, that are left alone for a while because hand-overs failed.',
      labelNames: ['channel'],
      registers,
    }),
    syncConnections: new Gauge({
      name: 'sync_connections',
      help: 'Open live connections.',
      labelNames: ['transport'],
      registers,
    }),
    syncDeliveryLatency: new Histogram({
      name: 'sync_delivery_latency_seconds',
      help: 'Time from the commit of a change to its hand-over to a live connection.',
      buckets: deliveryBuckets_s,
      registers,
    }),
  };
}
