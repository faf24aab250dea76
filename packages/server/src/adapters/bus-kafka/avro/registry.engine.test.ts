import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carriedTopics } from '@daymark/core/contract/topics.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRegistry } from '../../../../../../tools/engines/kit.ts';
import type { Registry } from '../../../../../../tools/engines/registry.ts';
import { schemaHistory } from '../../../../../../tools/schemas/schema-files.ts';
import { carried } from '../../../../test/carried-data.ts';
import { openLog } from '../../../kit/log.ts';
import { openAvroCodec } from './avro-codec.ts';
import { subjectOf } from './registered-schemas.ts';
import { schemaRegistry } from './registry.ts';
import { parseRegistryUrl, type RegistryAddress } from './registry-url.ts';
import { readSchemas } from './schema-files.ts';

let folder: string;
let engine: Registry;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'daymark-registry-'));
  engine = await startRegistry({ folder });
});
afterAll(async () => {
  await engine?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const { log } = openLog({ level: 'silent', service: 'test' });
const registry = () => schemaRegistry(parseRegistryUrl(engine.url) as RegistryAddress);
const open = (topicPrefix: string, patience_ms = 10_000) =>
  openAvroCodec(log, registry(), { topicPrefix, patience_ms });

test('a real registry takes the schemas, gives each subject its rule, and knows them again', async () => {
  const first = await open('one-');
  const ids = new Map<string, number | null>();
  for (const topic of carriedTopics) {
    const subject = subjectOf('one-', topic);
    const config = await fetch(`${engine.url}/config/${subject}`);
    expect(await config.json()).toMatchObject({ compatibilityLevel: 'BACKWARD' });
    ids.set(topic, await registry().find(subject, readSchemas()[topic]));
  }
  const second = await open('one-');
  const versions = await fetch(`${engine.url}/subjects/one-task-events-value/versions`);
  expect(await versions.json()).toEqual([1]);
  for (const { topic, data } of fc.sample(carried, 50)) {
    const value = (await first.encode(topic, data)) as Buffer;
    expect(value.readUInt32BE(1)).toBe(ids.get(topic));
    expect(JSON.stringify(await second.decode(topic, value))).toBe(JSON.stringify(data));
  }
});

test('every version of each schema that there was may be followed by the next, by the registry’s own judgement', async () => {
  for (const topic of carriedTopics) {
    const subject = subjectOf('history-', topic);
    for (const { text } of schemaHistory(topic)) {
      expect(await registry().register(subject, JSON.stringify(JSON.parse(text)))).toBeGreaterThan(0);
      expect(await registry().setCompatibility(subject, 'BACKWARD')).toBe(true);
    }
  }
  await open('history-');
});

test('a schema that could not read what there is, is refused by the registry, and the start says what to do', async () => {
  const subject = subjectOf('broken-', 'task-events');
  const theirs = JSON.parse(readSchemas()['task-events']);
  theirs.fields.find(({ name }: { name: string }) => name === 'version').type = 'string';
  await registry().register(subject, JSON.stringify(theirs));
  await registry().setCompatibility(subject, 'BACKWARD');
  await expect(registry().register(subject, readSchemas()['task-events'])).rejects.toMatchObject({ status: 409 });
  await expect(open('broken-')).rejects.toMatchObject({
    name: 'OperatorError',
    message: expect.stringContaining(subject),
    remedy: expect.stringContaining('DAYMARK_TOPIC_PREFIX'),
  });
});

test('the rule that the start has set keeps others from breaking our readers', async () => {
  await open('rule-');
  const broken = JSON.parse(readSchemas().reminders);
  broken.fields.push({ name: 'mood', type: 'string' });
  const registering = registry().register(subjectOf('rule-', 'reminders'), JSON.stringify(broken));
  await expect(registering).rejects.toMatchObject({ name: 'RegistryRefusal', status: 409 });
});

test('what the registry gives for an id that it does not know is told from its being down', async () => {
  expect(await registry().schemaOf(1_000_000)).toBeNull();
  const codec = await open('down-');
  const [{ topic, data }] = fc.sample(carried, 1) as [{ topic: 'task-events'; data: Record<string, unknown> }];
  engine.signal('SIGSTOP');
  try {
    await expect(registry().schemaOf(1)).rejects.toMatchObject({ name: 'RegistryUnavailable' });
    expect(await codec.decode(topic, await codec.encode(topic, data))).toEqual(data);
  } finally {
    engine.signal('SIGCONT');
  }
});

test('a registry that starts later than the program is waited for, and one that is restarted knows what it knew', async () => {
  await open('restart-');
  await engine.kill();
  const opening = open('restart-', 120_000);
  await engine.restart();
  const codec = await opening;
  const [{ topic, data }] = fc.sample(carried, 1) as [{ topic: 'task-events'; data: Record<string, unknown> }];
  expect(await codec.decode(topic, await codec.encode(topic, data))).toEqual(data);
});
