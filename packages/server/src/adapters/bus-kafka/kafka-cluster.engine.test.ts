/** Three brokers, of which the one that leads partitions dies. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Kafka } from '../../../../../tools/engines/kafka.ts';
import { startKafka } from '../../../../../tools/engines/kit.ts';
import { openBench } from '../../../test/bus-bench.ts';
import { until } from '../../../test/bus-effects.ts';
import { openKafkaProcess, topicPrefixOf } from '../../../test/bus-kafka-process.ts';
import { appendToEach, openSpaces } from '../../../test/carrier-load.ts';
import { topicName } from './records.ts';

const folder = mkdtempSync(join(tmpdir(), 'daymark-cluster-kafka-'));
let kafka: Kafka;
beforeAll(async () => {
  kafka = await startKafka({ folder, nodes: 3 });
});
afterAll(async () => {
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('when a broker that leads partitions dies, the others go on and every event arrives once, in order', async () => {
  const brokers = kafka.brokers.split(',');
  let arrived = 0;
  const bench = await openBench({
    open: (spine, onHandled) =>
      openKafkaProcess({
        connection: { brokers },
        workerUrl: spine.urls.worker,
        onHandled,
        onArrivals: (_consumer, _outcome, count) => {
          arrived += count;
        },
      }),
    childProgram: new URL('../../../test/bus-kafka-child.ts', import.meta.url),
  });
  const spaces = await openSpaces(bench.spine, 60);
  bench.subscribe(await bench.openBus(), 'reader');
  let writing = true;
  const written = (async () => {
    for (let at = 0; writing; at = (at + 20) % spaces.length) {
      await appendToEach(bench.spine.worker, spaces.slice(at, at + 20));
      await sleep(60);
    }
  })();
  bench.onClose(() => {
    writing = false;
    return written;
  });
  await until('events arrive', () => arrived > 100);

  const admin = new Admin({ clientId: 'test', bootstrapBrokers: brokers });
  const name = topicName(topicPrefixOf(bench.spine.urls.worker), 'task-events');
  const { topics } = await admin.metadata({ topics: [name] });
  await admin.close();
  const partitions = topics.get(name)?.partitions ?? [];
  expect(partitions.map(({ replicas }) => replicas.length)).toEqual(partitions.map(() => 3));
  const leader = kafka.nodes.find(({ id }) => id === partitions[0]?.leader);
  await leader?.kill('SIGKILL');

  const before = arrived;
  await until('events arrive without it', () => arrived > before + 100);
  writing = false;
  await written;
  await bench.expectEachEventOnce('reader');
  await bench.expectOrderInEachSpace('reader');
  await leader?.restart();
  await bench.close();
});
