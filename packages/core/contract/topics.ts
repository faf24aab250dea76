/**
 * The topics that carry events between processes and to other systems: their names, keys, retention and number of partitions, in one
 * place. The key is always the space, so that the order of a space is kept within a topic.
 */
import { eventTypes, type Topic } from './event.ts';

/** Topics whose events are those of the log. */
export const logTopics = Object.keys(eventTypes) as readonly Topic[];

export type CarriedTopic = Topic | 'task-updates' | 'processed-events' | 'dead-letter';

const hour_ms = 3_600_000;
const day_ms = 24 * hour_ms;

/** Divisible by many numbers of replicas. It cannot be changed without losing the order of keys. */
export const partitionsOfTopic = 12;

/** The largest message in bytes, key and headers included: brokers take so much by default. */
export const messageBytesMax = 1_048_576;

/** How long a topic keeps its messages. The log itself keeps everything. */
export const topics: Readonly<Record<CarriedTopic, { readonly retention_ms: number; readonly about: string }>> = {
  'task-events': { retention_ms: 30 * day_ms, about: 'Tasks, lists and tags.' },
  'task-updates': { retention_ms: hour_ms, about: 'A thin word of every version of a space.' },
  'recurrence-events': { retention_ms: 30 * day_ms, about: 'Series and their occurrences.' },
  reminders: { retention_ms: 7 * day_ms, about: 'Reminders that were planned, moved, cancelled, or are due.' },
  notifications: { retention_ms: 7 * day_ms, about: 'Deliveries and what people did with notifications.' },
  'user-events': { retention_ms: 30 * day_ms, about: 'People, tokens, spaces and members.' },
  'processed-events': { retention_ms: day_ms, about: 'Which consumer handled which event, in batches.' },
  'dead-letter': { retention_ms: 90 * day_ms, about: 'Events that a consumer gave up, as they were.' },
};

export const carriedTopics = Object.keys(topics) as readonly CarriedTopic[];
