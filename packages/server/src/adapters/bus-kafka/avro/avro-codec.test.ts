import { dataSchemas } from '@daymark/core/contract/cloud-event.ts';
import { eventTypes, topicOf } from '@daymark/core/contract/event.ts';
import { type CarriedTopic, carriedTopics } from '@daymark/core/contract/topics.ts';
import avro from 'avsc';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { type Carried, carried } from '../../../../test/carried-data.ts';
import type { Conduct } from '../../../../test/peers/http-peer.ts';
import { startRegistryPeer } from '../../../../test/peers/registry-peer.ts';
import { openLog } from '../../../kit/log.ts';
import { CodecError, jsonCodec } from '../codec.ts';
import { openAvroCodec } from './avro-codec.ts';
import { framed } from './frame.ts';
import { type SchemaRegistry, schemaRegistry } from './registry.ts';
import { parseRegistryUrl, type RegistryAddress } from './registry-url.ts';
import { readSchemas } from './schema-files.ts';

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

const lines: string[] = [];
const { log } = openLog({ level: 'debug', service: 'test', write: (line) => lines.push(line) });

async function peer(options: { conduct?: Conduct; port?: number } = {}) {
  const started = await startRegistryPeer(options);
  ending.push(started.stop);
  return started;
}

const registryOf = (url: string): SchemaRegistry => schemaRegistry(parseRegistryUrl(url) as RegistryAddress);
const open = (url: string, { topicPrefix = '', patience_ms = 0 } = {}) =>
  openAvroCodec(log, registryOf(url), { topicPrefix, patience_ms });

/** What a test says in place of the registry, and may change. */
function conducted() {
  const own: { conduct: Conduct } = { conduct: () => undefined };
  return { own, conduct: ((request, count) => own.conduct(request, count)) satisfies Conduct };
}

type Schema = { doc?: string; fields: { name: string; type: unknown; default?: unknown }[] };

/** The schema of a topic as another writer has it. */
const foreign = (topic: CarriedTopic, change: (schema: Schema) => Schema): Schema =>
  change(JSON.parse(readSchemas()[topic]));

const example = (): Carried =>
  fc.sample(
    carried.filter(({ topic }) => topic === 'task-events'),
    { numRuns: 1, seed: 1 },
  )[0] as Carried;

test('whatever is carried comes back as it was, to the last half of a character', async () => {
  const codec = await open((await peer()).url);
  await fc.assert(
    fc.asyncProperty(carried, async ({ topic, data }) => {
      const back = await codec.decode(topic, await codec.encode(topic, data));
      expect(JSON.stringify(back)).toBe(JSON.stringify(data));
      expect(JSON.stringify(dataSchemas[topic].parse(back))).toBe(JSON.stringify(data));
      const asJson = jsonCodec.decode(topic, (await jsonCodec.encode(topic, data)) as Buffer);
      expect(JSON.stringify(asJson)).toBe(JSON.stringify(data));
    }),
    { numRuns: 200 },
  );
}, 60_000);

test('every type of event has a schema on its topic', async () => {
  const codec = await open((await peer()).url);
  const { data } = example();
  for (const event_type of Object.values(eventTypes).flat()) {
    const topic = topicOf(event_type);
    expect(await codec.decode(topic, await codec.encode(topic, { ...data, event_type }))).toMatchObject({ event_type });
  }
});

test('each topic has its subject with a rule for what may follow, and a second process finds what the first has registered', async () => {
  const registry = await peer();
  await open(registry.url, { topicPrefix: 'staging-' });
  const subjects = carriedTopics.map((topic) => `staging-${topic}-value`);
  expect([...registry.subjects.keys()]).toEqual(subjects);
  expect([...registry.rules]).toEqual(subjects.map((subject) => [subject, 'BACKWARD']));
  const before = registry.requests.length;
  await open(registry.url, { topicPrefix: 'staging-' });
  const second = registry.requests.slice(before);
  expect(second.filter((line) => line.endsWith('/versions') || line.startsWith('PUT'))).toEqual([]);
});

test('a rule that somebody has set for a subject is left as it is', async () => {
  const registry = await peer();
  registry.rules.set('reminders-value', 'FULL_TRANSITIVE');
  await open(registry.url);
  expect(registry.rules.get('reminders-value')).toBe('FULL_TRANSITIVE');
});

test('a registry that wants the subject to exist before it takes a rule is given the rule afterwards', async () => {
  const { own, conduct } = conducted();
  const registry = await peer({ conduct });
  own.conduct = ({ method, path }) => {
    const subject = decodeURIComponent(path.split('/').at(-1) ?? '');
    const early = method === 'PUT' && !registry.subjects.has(subject);
    return early ? { status: 404, body: '{"error_code":40401,"message":"Subject not found"}' } : undefined;
  };
  await open(registry.url);
  expect([...registry.rules.values()]).toEqual(carriedTopics.map(() => 'BACKWARD'));
});

test('a schema that the registry holds for incompatible stops the start, naming the subject and what to do', async () => {
  const registry = await peer();
  registry.rules.set('task-updates-value', 'BACKWARD');
  registry.register('task-updates-value', { type: 'record', name: 'Order', fields: [{ name: 'total', type: 'long' }] });
  await expect(open(registry.url)).rejects.toMatchObject({
    name: 'OperatorError',
    message: expect.stringContaining('task-updates-value'),
    remedy: expect.stringContaining('DAYMARK_TOPIC_PREFIX'),
  });
});

test('a login that the registry does not know stops the start, and the password is in no message', async () => {
  const { url } = await peer();
  const refused = await open(url.replace('daymark:', 'somebody:')).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    name: 'OperatorError',
    remedy: expect.stringContaining('DAYMARK_SCHEMA_REGISTRY_URL'),
  });
  expect(JSON.stringify([String(refused), ...lines])).not.toContain('secret');
});

test('an address at which something else answers stops the start', async () => {
  const { url } = await peer({ conduct: () => ({ status: 200, body: '<html>welcome</html>' }) });
  await expect(open(url)).rejects.toMatchObject({ name: 'OperatorError', message: expect.stringContaining('-value') });
});

test('a registry that is down is waited for, and no longer than was said', async () => {
  const gone = await startRegistryPeer();
  await gone.stop();
  await expect(open(gone.url)).rejects.toMatchObject({
    name: 'OperatorError',
    message: expect.stringContaining('does not answer'),
  });
  const opening = open(gone.url, { patience_ms: 60_000 });
  await expect.poll(() => lines.join('')).toContain('waiting for the schema registry');
  const back = await peer({ port: gone.port });
  await opening;
  expect(back.subjects.size).toBe(carriedTopics.length);
});

test('a registry that is overloaded at the start is asked again', async () => {
  const conduct: Conduct = (_, count) => {
    if (count === 1) return { status: 503, body: 'busy' };
    return count === 4 || count === 5 ? 'drop' : undefined;
  };
  const { url } = await peer({ conduct });
  const codec = await open(url, { patience_ms: 60_000 });
  const { topic, data } = example();
  expect(await codec.decode(topic, await codec.encode(topic, data))).toEqual(data);
});

test('once open, publishing and reading need the registry no more', async () => {
  const registry = await peer();
  const codec = await open(registry.url);
  const { topic, data } = example();
  await registry.stop();
  expect(await codec.decode(topic, await codec.encode(topic, data))).toEqual(data);
});

test('values from before there was a registry are read on, so that one can be given to one process after the other', async () => {
  const codec = await open((await peer()).url);
  const { topic, data } = example();
  expect(await codec.decode(topic, (await jsonCodec.encode(topic, data)) as Buffer)).toEqual(data);
});

test('records of another version of the schema are read: its new fields are passed over, ours that it lacks have their default', async () => {
  const registry = await peer();
  const codec = await open(registry.url);
  const { topic, data } = example();
  const schema = foreign(topic, (event) => {
    const lacking = event.fields.filter(({ name }) => name !== 'client');
    const mood = { name: 'mood', type: ['null', 'string'], default: null };
    return { ...event, fields: [mood, ...lacking] };
  });
  const id = registry.register('task-events-value', schema);
  const type = avro.Type.forSchema(schema as never, { wrapUnions: 'never' });
  const texts = { task_snapshot: JSON.stringify({ title: 'x' }), entity_snapshot: null, changes: '{}', mood: 'good' };
  const record = type.toBuffer({ ...data, ...texts });
  const asked = registry.requests.length;
  const values = [framed(id, record), framed(id, record), framed(id, record)];
  const back = await Promise.all(values.map((value) => codec.decode(topic, value)));
  const { mood: _, ...expected } = { ...data, ...texts, task_snapshot: { title: 'x' }, changes: {}, client: null };
  for (const one of back) expect(one).toEqual(expected);
  expect(registry.requests.slice(asked)).toEqual([`GET /base/schemas/ids/${id}`]);
});

test('a schema that cannot be asked for now is an error that may pass, and the next try reads the record', async () => {
  const { own, conduct } = conducted();
  const registry = await peer({ conduct });
  const writer = await open(registry.url);
  const { topic, data } = example();
  const other = registry.register(
    'x',
    foreign(topic, (event) => ({ ...event, doc: 'other words' })),
  );
  const value = framed(other, ((await writer.encode(topic, data)) as Buffer).subarray(5));
  own.conduct = () => ({ status: 500, body: '{"error_code":50001,"message":"down"}' });
  const failed = await Promise.resolve(writer.decode(topic, value)).catch((error: unknown) => error);
  expect(failed).toMatchObject({ name: 'RegistryUnavailable' });
  own.conduct = () => undefined;
  expect(await writer.decode(topic, value)).toEqual(data);
});

test('an id that no registry gave, and a schema that ours cannot read, are errors for good and asked for once', async () => {
  const registry = await peer();
  const codec = await open(registry.url);
  const stranger = registry.register('x', { type: 'record', name: 'Order', fields: [{ name: 'total', type: 'long' }] });
  const asked = registry.requests.length;
  for (const id of [4_711, stranger, 4_711, stranger]) {
    const decoding = async () => await codec.decode('task-events', framed(id, Buffer.from([2])));
    await expect(decoding()).rejects.toThrow(CodecError);
  }
  expect(registry.requests.length - asked).toBe(2);
});

test('bytes that are no record are an error of the codec, whatever they are', async () => {
  const codec = await open((await peer()).url);
  const { topic, data } = example();
  const good = (await codec.encode(topic, data)) as Buffer;
  const decoding = async (value: Buffer) => await codec.decode(topic, value);
  for (const value of [Buffer.alloc(0), Buffer.from('{'), Buffer.alloc(5), good.subarray(1), good.subarray(0, -1)]) {
    await expect(decoding(value)).rejects.toThrow(CodecError);
  }
  await expect(decoding(Buffer.concat([good, Buffer.from([0])]))).rejects.toThrow(CodecError);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(good.length), async (noise, at) => {
      const spoilt = Buffer.concat([good.subarray(0, 5), good.subarray(5, 5 + at), noise]);
      const result = await decoding(spoilt).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(CodecError);
      else expect(result).toHaveProperty('event_id');
    }),
  );
});

test('data that does not fit its schema cannot be encoded', async () => {
  const codec = await open((await peer()).url);
  const { topic, data } = example();
  for (const wrong of [{ ...data, version: 'seven' }, { ...data, space_id: null }, {}]) {
    expect(() => codec.encode(topic, wrong)).toThrow(CodecError);
  }
});
