/** What lies in a topic of a broker, as any other system reads it. */
import { Consumer } from '@platformatic/kafka';

const FETCH_WAIT_MS = 200;

/** Reads from the beginning until each of the ids was seen or the time is over. Answers those that were not. */
export async function missingInTopic(
  brokers: string,
  topic: string,
  { ids, within_ms }: { ids: readonly string[]; within_ms: number },
): Promise<string[]> {
  const missing = new Set(ids);
  const consumer = new Consumer({
    clientId: 'another-system',
    groupId: `another-system-${crypto.randomUUID()}`,
    bootstrapBrokers: brokers.split(','),
  });
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'earliest',
    autocommit: false,
    maxWaitTime: FETCH_WAIT_MS,
  });
  const late = setTimeout(() => void stream.close(), within_ms);
  try {
    for await (const { headers } of stream) {
      for (const [name, value] of headers) if (name?.toString() === 'ce_id') missing.delete(value?.toString() ?? '');
      if (missing.size === 0) break;
    }
  } finally {
    clearTimeout(late);
    await consumer.close(true);
  }
  return [...missing];
}
