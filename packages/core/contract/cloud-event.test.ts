import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CloudEvent, cloudEventOf, cloudEventOfJson, dataJsonOf, dataOf } from './cloud-event.ts';
import type { EventPayload, LogEvent } from './event.ts';

const someJson = fc.dictionary(fc.string(), fc.jsonValue());
const somePayload: fc.Arbitrary<EventPayload> = fc.record({
  snapshot: fc.option(someJson),
  changes: fc.dictionary(fc.string(), fc.tuple(fc.jsonValue(), fc.jsonValue())),
  client: fc.option(fc.string()),
  address: fc.option(fc.string()),
});
const someEvent: fc.Arbitrary<LogEvent> = fc.record({
  event_id: fc.uuid(),
  event_type: fc.constantFrom('task.created', 'list.updated'),
  schema_version: fc.nat(),
  space_id: fc.uuid(),
  version: fc.nat(),
  epoch: fc.nat(),
  entity: fc.constantFrom('task', 'list'),
  entity_id: fc.uuid(),
  operation_id: fc.uuid(),
  actor: fc.record({ type: fc.constantFrom('user', 'system', 'assistant'), id: fc.option(fc.uuid()) }),
  correlation_id: fc.string(),
  causation_id: fc.option(fc.uuid()),
  time: fc.constant('2026-12-01T08:00:00.000Z'),
  payload: fc.constant(null),
});

test('data made from the JSON of the payload is the data made from the payload', () => {
  fc.assert(
    fc.property(someEvent, somePayload, (event, given) => {
      // As it comes from the log: JSON knows neither -0 nor a prototype.
      const payload = JSON.parse(JSON.stringify(given)) as EventPayload;
      const json = dataJsonOf(event, JSON.stringify(payload));
      expect(JSON.parse(json ?? '')).toEqual(dataOf({ ...event, payload }));
    }),
  );
});

test('the event with data as JSON is the event, and its data is read once', () => {
  fc.assert(
    fc.property(someEvent, somePayload, (event, given) => {
      const payload = JSON.parse(JSON.stringify(given)) as EventPayload;
      const lazy = cloudEventOfJson(event, null, dataJsonOf(event, JSON.stringify(payload)) ?? '');
      expect(CloudEvent.parse(lazy)).toEqual(cloudEventOf({ ...event, payload }, null));
      expect(lazy.data).toBe(lazy.data);
      expect(JSON.parse(JSON.stringify(lazy)).data).toEqual(dataOf({ ...event, payload }));
    }),
  );
});

test('a payload that is written otherwise is not taken apart', () => {
  const [event] = fc.sample(someEvent, 1) as [LogEvent];
  for (const json of ['{"changes":{},"snapshot":null}', '{"snapshot" : null}', '{}', 'null']) {
    expect(dataJsonOf(event, json)).toBeUndefined();
  }
});
