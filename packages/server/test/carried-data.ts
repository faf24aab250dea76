/** Data of every kind that is carried, for property tests: odd letters, halves of characters where JSON allows them, long notes. */
import { type DeadLetterData, dataOf, type EventData, type ProcessedData } from '@daymark/core/contract/cloud-event.ts';
import { type EventType, eventTypes, type LogEvent, topicOf } from '@daymark/core/contract/event.ts';
import type { CarriedTopic } from '@daymark/core/contract/topics.ts';
import fc from 'fast-check';

const everyType = Object.values(eventTypes).flat() as EventType[];
const notesCharactersMax = 50_000;
/** The largest number that the Avro library writes exactly. */
const versionMax = Number.MAX_SAFE_INTEGER - 1;

const id = fc.uuid({ version: 7 });
const instant = fc
  .date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2200-01-01') })
  .map((date) => date.toISOString());
/** What PostgreSQL keeps in a column of text: no half characters and no NUL. */
const columnText = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\0', ''));
/** What JSON keeps: any UTF-16 units, halves of characters too. */
const jsonText = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 6 })
      .map((units) => String.fromCharCode(...units)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('x', '€', '\u{1f9fe}', '\ud800')
      .map((unit) => unit.repeat(notesCharactersMax / unit.length)),
  },
);
const jsonValue: fc.Arbitrary<unknown> = fc.oneof(
  jsonText,
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value))),
);
const field = fc.constantFrom('title', 'notes', 'due_at', 'tag_names', 'recurrence', 'Ünïcode', '');

const payload = fc.record({
  snapshot: fc.option(fc.dictionary(field, jsonValue)),
  changes: fc.dictionary(field, fc.tuple(jsonValue, jsonValue)),
  client: fc.option(columnText),
  address: fc.option(fc.ipV6()),
});

export const logEvent: fc.Arbitrary<LogEvent> = fc.constantFrom(...everyType).chain((type) =>
  fc.record({
    event_id: id,
    event_type: fc.constant(type),
    schema_version: fc.integer({ min: 1, max: 9 }),
    space_id: id,
    version: fc.integer({ min: 1, max: versionMax }),
    epoch: fc.nat(),
    entity: fc.constant(type.slice(0, type.indexOf('.'))),
    entity_id: id,
    operation_id: id,
    actor: fc.record({ type: fc.constantFrom('user', 'system', 'assistant'), id: fc.option(id) }),
    correlation_id: columnText,
    causation_id: fc.option(id),
    time: instant,
    payload: fc.option(payload, { freq: 8 }),
  }),
);

const eventData: fc.Arbitrary<EventData> = logEvent.map((event) => dataOf(event));

const update = fc.record({
  event_id: id,
  space_id: id,
  version: fc.integer({ min: 1, max: versionMax }),
  entity: columnText,
  entity_id: id,
});

const deadLetter: fc.Arbitrary<DeadLetterData> = fc.record({
  id,
  consumer: columnText,
  error: columnText,
  attempts: fc.nat(),
  first_failed_at: instant,
  died_at: instant,
  topic: columnText,
  event: eventData,
});

const processed: fc.Arbitrary<ProcessedData> = fc.record({
  space_id: id,
  processed: fc.array(
    fc.record({
      consumer: columnText,
      event_id: id,
      duration_ms: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      outcome: columnText,
    }),
  ),
});

export interface Carried {
  readonly topic: CarriedTopic;
  readonly data: Record<string, unknown>;
}

/** A message of any topic, and of every type of event. */
export const carried: fc.Arbitrary<Carried> = fc.oneof(
  { weight: 5, arbitrary: eventData.map((data): Carried => ({ topic: topicOf(data.event_type as EventType), data })) },
  update.map((data): Carried => ({ topic: 'task-updates', data })),
  deadLetter.map((data): Carried => ({ topic: 'dead-letter', data })),
  processed.map((data): Carried => ({ topic: 'processed-events', data })),
);
