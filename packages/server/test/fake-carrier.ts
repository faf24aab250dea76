/** A carrier in memory that keeps what it took, for tests of those who publish. */
import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import type { CarriedTopic } from '@daymark/core/contract/topics.ts';
import type { EventCarrier, Unpublished } from '../src/ports/event-carrier.ts';

/** What becomes of one message. */
export type Verdict = 'taken' | 'refused' | 'hopeless';

export interface FakeCarrier extends EventCarrier {
  /** Everything that was taken, in the order in which it was. */
  readonly taken: CarriedMessage[];
  /** How many messages each request had. */
  readonly requests: number[];
  /** How many requests were under way at once at most, for the keys of one request. */
  readonly togetherMax: () => number;
  /** Decides on each message; all are taken at first. */
  judge: (message: CarriedMessage) => Verdict;
  /** Runs before a request is answered, when all its messages are judged. */
  beforeAnswer: () => Promise<void> | void;
  ofTopic(topic: CarriedTopic): CarriedMessage[];
  /** The versions of a space on the topics of the log, as they arrived. */
  versionsOf(spaceId: string): number[];
}

const own: readonly CarriedTopic[] = ['task-updates', 'dead-letter', 'processed-events'];

export function fakeCarrier(): FakeCarrier {
  const taken: CarriedMessage[] = [];
  const requests: number[] = [];
  const underWay = new Map<string, number>();
  let together = 0;
  const carrier: FakeCarrier = {
    taken,
    requests,
    togetherMax: () => together,
    judge: () => 'taken',
    beforeAnswer() {},
    ofTopic: (topic) => taken.filter((message) => message.topic === topic),
    versionsOf: (spaceId) =>
      taken
        .filter(({ topic, key }) => key === spaceId && !own.includes(topic))
        .map(({ event }) => Number(event.sequence)),
    async publish(messages) {
      requests.push(messages.length);
      const keys = new Set(messages.map(({ key }) => key));
      for (const key of keys) {
        const count = (underWay.get(key) ?? 0) + 1;
        underWay.set(key, count);
        together = Math.max(together, count);
      }
      const unpublished: Unpublished[] = [];
      for (const [index, message] of messages.entries()) {
        const verdict = carrier.judge(message);
        if (verdict === 'taken') taken.push(message);
        else unpublished.push({ index, error: new Error(verdict), hopeless: verdict === 'hopeless' });
      }
      await carrier.beforeAnswer();
      for (const key of keys) underWay.set(key, (underWay.get(key) ?? 1) - 1);
      return unpublished;
    },
    async check() {},
    async close() {},
  };
  return carrier;
}
