/**
 * Events on the wire: CloudEvents 1.0. The envelope is what any CloudEvents library reads; `data` is what Daymark says.
 *
 * id            the event's id in the log, the same however often it is sent
 * type          `daymark.` and the event's type
 * source        the space; id and source together are unique
 * subject       entity/id
 * partitionkey  the space, by the partitioning extension
 * sequence      the version in the space, by the sequence extension
 * traceparent   the trace of the request that made it, where there was one
 */
import { z } from 'zod';
import { EventPayload, LogEvent } from './event.ts';
import { Id } from './primitives.ts';
import type { CarriedTopic } from './topics.ts';

/** The largest payload of one event, in bytes of JSON. What would be larger is refused when it is made. */
export const eventBytesMax = 921_600;

const Snapshot = EventPayload.shape.snapshot;

/** What an event of the log says on the wire. */
export const EventData = LogEvent.omit({ payload: true }).extend({
  /** False when the payload was erased, or is too large to travel: then it is only in the log, if anywhere. */
  has_payload: z.boolean(),
  /** The task after the change; null for other entities and where it is gone. */
  task_snapshot: Snapshot,
  /** The same for what is no task. */
  entity_snapshot: Snapshot,
  changes: EventPayload.shape.changes,
  client: z.string().nullable(),
  address: z.string().nullable(),
});
export type EventData = z.infer<typeof EventData>;

/** A thin word that a space has a new version. */
export const UpdateData = z.object({
  event_id: Id,
  space_id: Id,
  version: z.int(),
  entity: z.string(),
  entity_id: Id,
});
export type UpdateData = z.infer<typeof UpdateData>;

/** An event that a consumer gave up, as it was. */
export const DeadLetterData = z.object({
  id: Id,
  consumer: z.string(),
  error: z.string(),
  attempts: z.int(),
  first_failed_at: z.string(),
  died_at: z.string(),
  /** Where it came from. */
  topic: z.string(),
  event: EventData,
});
export type DeadLetterData = z.infer<typeof DeadLetterData>;

export const ProcessedEntry = z.object({
  consumer: z.string(),
  event_id: Id,
  duration_ms: z.number(),
  outcome: z.string(),
});

/** What one process handled, in a batch. It is word for dashboards: some may be missing. */
export const ProcessedData = z.object({ space_id: Id, processed: z.array(ProcessedEntry) });
export type ProcessedData = z.infer<typeof ProcessedData>;

/** What stands in `data` on each topic. The Avro schemas in ../schemas are made from it. */
export const dataSchemas: Readonly<Record<CarriedTopic, z.ZodObject>> = {
  'task-events': EventData,
  'task-updates': UpdateData,
  'recurrence-events': EventData,
  reminders: EventData,
  notifications: EventData,
  'user-events': EventData,
  'processed-events': ProcessedData,
  'dead-letter': DeadLetterData,
};

export const CloudEvent = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  subject: z.string().optional(),
  /** RFC 3339. */
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  partitionkey: z.string(),
  sequence: z.string().optional(),
  traceparent: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});
export type CloudEvent = z.infer<typeof CloudEvent>;

/** A message as it is handed to whatever carries it. */
export interface CarriedMessage {
  readonly topic: CarriedTopic;
  /** Messages of one key stay in order within their topic. */
  readonly key: string;
  readonly event: CloudEvent;
  /** `event.data` as JSON, where it is at hand: who writes JSON need not make it again. */
  readonly json?: string;
}

const typePrefix = 'daymark.';

/** `traceparent` may be unknown; what is no event of the log has no version. */
function envelope(
  type: string,
  about: { id: string; space_id: string; version?: number; subject: string; time: string; traceparent: string | null },
  data: Record<string, unknown>,
): CloudEvent {
  return {
    specversion: '1.0',
    id: about.id,
    source: `/spaces/${about.space_id}`,
    type: `${typePrefix}${type}`,
    subject: about.subject,
    time: about.time,
    datacontenttype: 'application/json',
    partitionkey: about.space_id,
    ...(about.version !== undefined && { sequence: String(about.version) }),
    ...(about.traceparent !== null && { traceparent: about.traceparent }),
    data,
  };
}

const subjectOf = ({ entity, entity_id }: Pick<LogEvent, 'entity' | 'entity_id'>) => `${entity}/${entity_id}`;

/** An event's data. Without its payload when that was erased or `withPayload` is false. */
export function dataOf(event: LogEvent, withPayload = true): EventData {
  const { payload, ...header } = event;
  const carried = withPayload ? payload : null;
  const snapshot = carried?.snapshot ?? null;
  const isTask = event.entity === 'task';
  return {
    ...header,
    has_payload: carried !== null,
    task_snapshot: isTask ? snapshot : null,
    entity_snapshot: isTask ? null : snapshot,
    changes: carried?.changes ?? {},
    client: carried?.client ?? null,
    address: carried?.address ?? null,
  };
}

/** The event that stands in `data`, as handlers get it. */
export function logEventOf(data: EventData): LogEvent {
  const { has_payload, task_snapshot, entity_snapshot, changes, client, address, ...header } = data;
  const payload = has_payload ? { snapshot: task_snapshot ?? entity_snapshot, changes, client, address } : null;
  return { ...header, payload };
}

/** The CloudEvent of an event of the log. */
export function cloudEventOf(event: LogEvent, traceparent: string | null, withPayload = true): CloudEvent {
  const { event_id: id, space_id, version, time } = event;
  const about = { id, space_id, version, subject: subjectOf(event), time, traceparent };
  return envelope(event.event_type, about, dataOf(event, withPayload));
}

/** How the JSON of a payload begins as commands write it. */
const payloadStart = '{"snapshot":';

/**
 * `dataOf` as JSON, made from the JSON of the payload without reading it; `event` is without its payload. Undefined when the payload is
 * not written as commands write it.
 */
export function dataJsonOf(event: LogEvent, payloadJson: string): string | undefined {
  if (!payloadJson.startsWith(payloadStart)) return undefined;
  const { payload: _none, ...header } = event;
  const [snapshot, other] =
    event.entity === 'task' ? ['task_snapshot', 'entity_snapshot'] : ['entity_snapshot', 'task_snapshot'];
  const before = JSON.stringify({ ...header, has_payload: true, [other as string]: null }).slice(0, -1);
  // The fields behind the snapshot are the same in both.
  return `${before},"${snapshot}":${payloadJson.slice(payloadStart.length)}`;
}

/** The CloudEvent of an event whose data is JSON; it is read when somebody asks for it. */
export function cloudEventOfJson(event: LogEvent, traceparent: string | null, json: string): CloudEvent {
  const { event_id: id, space_id, version, time } = event;
  const about = { id, space_id, version, subject: subjectOf(event), time, traceparent };
  let data: Record<string, unknown> | undefined;
  return {
    ...envelope(event.event_type, about, {}),
    get data() {
      data ??= JSON.parse(json) as Record<string, unknown>;
      return data;
    },
  };
}

/** The thin word of it. */
export function updateOf(event: LogEvent, traceparent: string | null): CloudEvent {
  const { event_id, space_id, version, entity, entity_id, time } = event;
  const data: UpdateData = { event_id, space_id, version, entity, entity_id };
  const about = { id: event_id, space_id, version, subject: subjectOf(event), time, traceparent };
  return envelope('version.added', about, data);
}

/** The CloudEvent of a dead letter; `letter.id` is its id. */
export function deadLetterOf(letter: DeadLetterData, traceparent: string | null): CloudEvent {
  const { id, died_at: time, event } = letter;
  const about = { id, space_id: event.space_id, subject: subjectOf(event), time, traceparent };
  return envelope('event.dead', about, letter);
}

/** The CloudEvent of a batch of handled events of one space. */
export function processedOf(id: string, time: string, batch: ProcessedData): CloudEvent {
  const about = { id, space_id: batch.space_id, subject: 'events', time, traceparent: null };
  return envelope('event.processed', about, batch);
}
