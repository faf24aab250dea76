import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Sink, startSink } from './sink.ts';

let sink: Sink;
let hold_ms = 0;

beforeEach(async () => {
  hold_ms = 0;
  const subjectOf = (body: unknown) => (body as { about?: string } | null)?.about ?? null;
  sink = await startSink({ subjectOf, hold_ms: () => hold_ms });
});
afterEach(() => sink.stop());

async function deliver(key: string | null, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(key !== null && { 'webhook-id': key }) };
  return (await fetch(sink.url, { method: 'POST', headers, body })).status;
}
const about = (subject: string) => JSON.stringify({ about: subject });

/** A sender that promises a hundred bytes and never sends them all. */
async function begin(): Promise<ReturnType<typeof connect>> {
  const socket = connect(Number(new URL(sink.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('POST / HTTP/1.1\r\nhost: sink\r\nwebhook-id: torn\r\ncontent-length: 100\r\n\r\n{"about":');
  while (!sink.portsInFlight().includes(socket.localPort ?? -1)) await sleep(5);
  return socket;
}

test('a message that comes again under its key is a raw duplicate and no effective one', async () => {
  for (const key of ['a', 'b', 'a', 'a']) expect(await deliver(key, about(`reminder ${key}`))).toBe(204);
  expect(sink.tally()).toEqual({ keys: 2, arrivals: 4, rawDuplicates: 2, effectiveDuplicates: [], refused: 0 });
  expect(sink.received.get('a')).toMatchObject({ subject: 'reminder a', count: 3 });
  expect(sink.received.get('a')?.arrivals_ms).toHaveLength(3);
});

test('one subject under two keys is an effective duplicate and is named', async () => {
  await deliver('a', about('reminder 1'));
  await deliver('b', about('reminder 1'));
  expect(sink.tally()).toMatchObject({ rawDuplicates: 0, effectiveDuplicates: ['reminder 1'] });
});

test('what has no key, no subject, is too large, or uses a key for something else is refused and not counted', async () => {
  await deliver('a', about('reminder 1'));
  const answers = [
    await deliver(null, about('reminder 2')),
    await deliver('b', 'no JSON'),
    await deliver('c', about('x'.repeat(70_000))),
    await deliver('a', about('reminder 2')),
  ];
  expect(answers).toEqual([400, 400, 413, 400]);
  expect(sink.tally()).toMatchObject({ keys: 1, arrivals: 1, refused: 4 });
});

test('a sender that dies in the middle of its message has delivered nothing, and the sink goes on', async () => {
  const torn = await begin();
  torn.destroy();
  while (sink.portsInFlight().length > 0) await sleep(5);
  expect(await deliver('a', about('reminder 1'))).toBe(204);
  expect(sink.tally()).toMatchObject({ keys: 1, arrivals: 1, refused: 1 });
});

test('a message that has arrived counts although its sender died before the answer', async () => {
  hold_ms = 100;
  const sender = new AbortController();
  const sending = fetch(sink.url, {
    method: 'POST',
    headers: { 'webhook-id': 'a' },
    body: about('reminder 1'),
    signal: sender.signal,
  }).catch(() => 'dead');
  while (sink.tally().arrivals === 0) await sleep(5);
  sender.abort();
  expect(await sending).toBe('dead');
  expect(sink.tally()).toMatchObject({ keys: 1, arrivals: 1 });
});
