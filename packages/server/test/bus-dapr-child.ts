/**
 * A consumer of the engine dapr in a process of its own, with a sidecar that ends with it. TEST_BROKERS names the brokers; with
 * TEST_SHARES it shares the events with other processes of the consumer. TEST_BESIDE names a sidecar that somebody else starts: then
 * nothing is relayed.
 */

import { childTask, runChild } from './bus-child.ts';
import { openDaprProcess } from './bus-dapr-process.ts';

const task = childTask();
const beside = process.env.TEST_BESIDE && (JSON.parse(process.env.TEST_BESIDE) as { url: string; appPort: number });
const brokers = process.env.TEST_BROKERS ?? '';
const { bus } = await openDaprProcess({
  brokers,
  workerUrl: task.url,
  ...(beside && { beside, relay: false }),
  pace: { handOverTimeout_ms: 600_000 },
  shares: process.env.TEST_SHARES !== undefined,
});
runChild(bus, task);
