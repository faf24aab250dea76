import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { expect, test } from 'vitest';
import { sendTogether } from './one-packet.ts';

/** A client that writes each query in two pieces, and the packets in which they leave. */
function client() {
  const packets: string[] = [];
  const stream = new Writable({
    writev(chunks, done) {
      packets.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  const query = (text: string) => {
    stream.cork();
    stream.write(text);
    stream.write(';');
    stream.uncork();
    return `answer to ${text}`;
  };
  const made = { connection: { stream }, query } as unknown as ClientBase;
  sendTogether(made);
  return { query: made.query as unknown as typeof query, packets };
}

test('what is asked in one turn leaves in one packet, in its order', async () => {
  const { query, packets } = client();
  expect([query('begin'), query('select 1'), query('select 2')]).toEqual([
    'answer to begin',
    'answer to select 1',
    'answer to select 2',
  ]);
  expect(packets).toEqual([]);
  await turn();
  expect(packets).toEqual(['begin;select 1;select 2;']);
});

test('what is asked in a later turn does not wait for more', async () => {
  const { query, packets } = client();
  query('begin');
  await turn();
  query('commit');
  await turn();
  expect(packets).toEqual(['begin;', 'commit;']);
});
