/** A consumer of the engine kafka in a process of its own. TEST_BROKERS names the brokers. */
import { childTask, runChild } from './bus-child.ts';
import { openKafkaProcess } from './bus-kafka-process.ts';

const task = childTask();
const brokers = (process.env.TEST_BROKERS ?? '').split(',');
const { bus } = await openKafkaProcess({
  connection: { brokers },
  workerUrl: task.url,
  pace: { handOverTimeout_ms: 600_000 },
});
runChild(bus, task);
