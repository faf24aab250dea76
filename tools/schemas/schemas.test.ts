import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { dataSchemas } from '../../packages/core/contract/cloud-event.ts';
import { type CarriedTopic, carriedTopics } from '../../packages/core/contract/topics.ts';
import { type AvroField, avroSchemaOf } from '../../packages/core/schemas/avro-schema.ts';
import {
  fingerprintOf,
  schemaFile,
  schemaHistory,
  schemasFolder,
  schemaText,
  whyUnfit,
  writeSchemas,
} from './schema-files.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the committed schemas, to be written over. */
function copied(): URL {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-schemas-'));
  folders.push(folder);
  cpSync(schemasFolder, folder, { recursive: true });
  return pathToFileURL(`${folder}/`);
}

/** The texts with other fields in the schema of one topic. */
const withFields =
  (topic: CarriedTopic, change: (fields: readonly AvroField[]) => AvroField[]) => (of: CarriedTopic) => {
    const schema = avroSchemaOf(of);
    return of === topic ? `${JSON.stringify({ ...schema, fields: change(schema.fields) })}\n` : schemaText(of);
  };

test.each(carriedTopics)('the schema of %s is the one that the contract says, and the newest version', (topic) => {
  const text = readFileSync(schemaFile(topic), 'utf8');
  expect(text, 'run: npm run reference').toBe(schemaText(topic));
  expect(schemaHistory(topic).at(-1)?.text, 'run: npm run reference').toBe(text);
});

test.each(carriedTopics)('no version of the schema of %s was changed, and the present one reads them all', (topic) => {
  const history = schemaHistory(topic);
  expect(history.map(({ number }) => number)).toEqual(history.map((_, index) => index + 1));
  expect(history.map(({ fingerprint }) => fingerprint)).toEqual(history.map(({ text }) => fingerprintOf(text)));
  expect(whyUnfit(schemaText(topic), history)).toBeNull();
});

test('every field of the contract is in the schema, in the same order', () => {
  for (const topic of carriedTopics) {
    expect(avroSchemaOf(topic).fields.map(({ name }) => name)).toEqual(Object.keys(dataSchemas[topic].shape));
  }
});

test('what may be null is null where an older record lacks it, and no value is of a closed set', () => {
  for (const topic of carriedTopics) {
    for (const { type, ...field } of avroSchemaOf(topic).fields) {
      if (Array.isArray(type)) expect(field).toHaveProperty('default', null);
    }
    expect(schemaText(topic)).not.toContain('"enum"');
  }
});

test('a new field with a default becomes the next version', () => {
  const folder = copied();
  const mood = { name: 'mood', type: 'string', default: 'fair' };
  writeSchemas(
    folder,
    withFields('reminders', (fields) => [...fields, mood]),
  );
  const history = schemaHistory('reminders', folder);
  expect(history.length).toBe(schemaHistory('reminders').length + 1);
  expect(history.at(-1)?.text).toContain('mood');
  expect(readFileSync(schemaFile('reminders', folder), 'utf8')).toContain('mood');
  expect(schemaHistory('task-events', folder)).toEqual(schemaHistory('task-events'));
});

test.each<[string, (fields: readonly AvroField[]) => AvroField[], string]>([
  ['a new field without a default', (fields) => [...fields, { name: 'mood', type: 'string' }], 'mood'],
  ['another type', (fields) => [...fields.slice(1), { name: 'event_id', type: 'long' }], '"string" as "long"'],
])('%s is refused, naming the topic and why, and nothing is written', (_, change, why) => {
  const folder = copied();
  expect(() => writeSchemas(folder, withFields('task-updates', change))).toThrow(
    /task-updates breaks its readers.*version 1/,
  );
  expect(() => writeSchemas(folder, withFields('task-updates', change))).toThrow(why);
  expect(schemaHistory('task-updates', folder)).toEqual(schemaHistory('task-updates'));
  expect(readFileSync(schemaFile('task-updates', folder), 'utf8')).toBe(schemaText('task-updates'));
});
