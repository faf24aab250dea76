/** The reference page of the topics: their settings from the contract, their fields from the schemas, an example of each kind. */
import {
  type CloudEvent,
  cloudEventOf,
  dataOf,
  deadLetterOf,
  processedOf,
  updateOf,
} from '../../packages/core/contract/cloud-event.ts';
import { eventSchemaVersion, eventTypes, type LogEvent, type Topic } from '../../packages/core/contract/event.ts';
import {
  type CarriedTopic,
  carriedTopics,
  logTopics,
  partitionsOfTopic,
  topics,
} from '../../packages/core/contract/topics.ts';
import { type AvroRecord, type AvroType, avroSchemaOf } from '../../packages/core/schemas/avro-schema.ts';

/** The whole page, as it stands in docs/reference/topics.md. */
export function topicsPage(): string {
  return [
    '# Topics and schemas',
    '',
    'What the engines `kafka` and `dapr` carry, and any other system may read. Every message is a CloudEvent 1.0. On Kafka it is in binary mode:',
    'attributes are headers (`ce_id`, `ce_type`, …), the value is `data`. Dapr carries it in structured mode (`application/cloudevents+json`).',
    '',
    `- The key is the space. A topic has ${partitionsOfTopic} partitions, so the events of one space are in order within a topic. Order between topics is \`version\`.`,
    '- A message may come twice. `id` is the same each time.',
    '- `DAYMARK_TOPIC_PREFIX` stands before each name: `staging-task-events`.',
    '- The log in PostgreSQL keeps everything; a topic keeps its messages for the time below.',
    '',
    '| name | what it has | kept | data | schema |',
    '| --- | --- | --- | --- | --- |',
    ...carriedTopics.map(topicRow),
    '',
    '## Types of events',
    '',
    'The `type` of the CloudEvent has `daymark.` before it.',
    '',
    '| topic | `event_type` |',
    '| --- | --- |',
    ...logTopics.map(
      (topic: Topic) => `| \`${topic}\` | ${eventTypes[topic].map((type) => `\`${type}\``).join(', ')} |`,
    ),
    '',
    '## Data',
    '',
    'Without a schema registry the value is JSON. With `DAYMARK_SCHEMA_REGISTRY_URL` it is Avro behind five bytes: a zero and the id of the schema, big-endian.',
    'The subject is `<topic>-value`. A schema follows the one before it by the rule `BACKWARD`. Times are RFC 3339. `json` is JSON as text in Avro, and',
    'the value itself in JSON.',
    '',
    ...records().flatMap(recordSection),
    '## Examples',
    '',
    ...examples.flatMap(([title, event]) => [title, '', '```json', JSON.stringify(event, null, 2), '```', '']),
    'This page is made by `npm run reference`.',
    '',
  ].join('\n');
}

function topicRow(topic: CarriedTopic): string {
  const { about, retention_ms } = topics[topic];
  const file = `[${topic}.avsc](../../packages/core/schemas/${topic}.avsc)`;
  const { name } = avroSchemaOf(topic);
  return `| \`${topic}\` | ${about} | ${durationOf(retention_ms)} | [${name}](#${name.toLowerCase()}) | ${file} |`;
}

const hour_ms = 3_600_000;
const hoursPerDay = 24;

function durationOf(duration_ms: number): string {
  const hours = duration_ms / hour_ms;
  const [count, unit] = hours % hoursPerDay === 0 ? [hours / hoursPerDay, 'day'] : [hours, 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Each record once, those within others after them. */
function records(): AvroRecord[] {
  const found = new Map<string, AvroRecord>();
  const visit = (type: AvroType): void => {
    if (typeof type === 'string') return;
    if (Array.isArray(type)) visit(type[1]);
    else if ('items' in type) visit(type.items);
    else if ('fields' in type && !found.has(type.name)) {
      found.set(type.name, type);
      for (const field of type.fields) visit(field.type);
    }
  };
  for (const topic of carriedTopics) visit(avroSchemaOf(topic));
  return [...found.values()];
}

function recordSection({ name, doc, fields }: AvroRecord): string[] {
  return [
    `### ${name}`,
    '',
    `${doc}`,
    '',
    '| field | type | meaning |',
    '| --- | --- | --- |',
    ...fields.map((field) => `| \`${field.name}\` | ${typeText(field.type)} | ${field.doc} |`),
    '',
  ];
}

function typeText(type: AvroType): string {
  if (typeof type === 'string') return /^[a-z]/.test(type) ? type : `[${type}](#${type.toLowerCase()})`;
  if (Array.isArray(type)) return `${typeText(type[1])} or null`;
  if ('items' in type) return `list of ${typeText(type.items)}`;
  return 'fields' in type ? typeText(type.name) : type.logicalType;
}

const ids = {
  event: '019ac1f0-5b3a-7c41-9d2e-4f0a6b7c8d01',
  space: '019ac1e8-0a11-7b20-8c3d-1e2f3a4b5c02',
  task: '019ac1ee-77d0-7e55-a1b2-9c8d7e6f5a03',
  operation: '019ac1f0-5b3a-7c41-9d2e-4f0a6b7c8d04',
  person: '019ac1e8-0a0f-7d10-b4c5-6d7e8f9a0b05',
  letter: '019ac1f3-2c4d-7a60-8e9f-0a1b2c3d4e06',
  batch: '019ac1f0-6e5f-7f70-9a0b-1c2d3e4f5a07',
};

const event: LogEvent = {
  event_id: ids.event,
  event_type: 'task.completed',
  schema_version: eventSchemaVersion,
  space_id: ids.space,
  version: 42,
  epoch: 1,
  entity: 'task',
  entity_id: ids.task,
  operation_id: ids.operation,
  actor: { type: 'user', id: ids.person },
  correlation_id: 'b7f6d2c0-2f0e-4c55-9a27-0d1f5c6e7a88',
  causation_id: null,
  time: '2026-12-01T08:12:30.417Z',
  payload: {
    snapshot: { id: ids.task, title: 'Pay rent', status: 'completed', completed_at: '2026-12-01T08:12:30.417Z' },
    changes: { status: ['todo', 'completed'], completed_at: [null, '2026-12-01T08:12:30.417Z'] },
    client: 'Firefox on Linux',
    address: '192.0.2.7',
  },
};
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const deadLetter = {
  id: ids.letter,
  consumer: 'webhooks',
  error: 'Error: the answer of the server was 500',
  attempts: 3,
  first_failed_at: '2026-12-01T08:12:30.462Z',
  died_at: '2026-12-01T08:12:33.120Z',
  topic: 'task-events',
  event: dataOf(event),
};

const processed = {
  space_id: ids.space,
  processed: [{ consumer: 'audit', event_id: ids.event, duration_ms: 1.7, outcome: 'handled' }],
};

const examples: readonly (readonly [title: string, event: CloudEvent])[] = [
  ['An event, its task shortened:', cloudEventOf(event, traceparent)],
  ['The thin word of it, on `task-updates`:', updateOf(event, traceparent)],
  ['The same when a consumer gave it up, on `dead-letter`:', deadLetterOf(deadLetter, traceparent)],
  ['That it was handled, on `processed-events`:', processedOf(ids.batch, '2026-12-01T08:12:31.000Z', processed)],
];
