/**
 * A consumer of the engine dapr in a process of its own, with a sidecar that ends with it. TEST_BROKERS names the brokers; with
 * TEST_SHARES it shares the events with other processes of the consumer.
 */

import { childTask, runChild } from './bus-child.ts';
import { openDaprProcess } from './bus-dapr-process.ts';

const task = childTask();
const brokers = process.env.TEST_BROKERS ?? '';
const { bus } = await openDaprProcess({
  brokers,
  workerUrl: task.url,
  pace: { handOverTimeout_ms: 600_000 },
  shares: process.env.TEST_SHARES !== undefined,
});
runChild(bus, task);
