import { setTimeout as sleep } from 'node:timers/promises';
import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import { expect, it } from 'vitest';
import { OperatorError } from '../../kit/operator-error.ts';
import { createDaprCarrier } from './carrier.ts';
import type { SidecarAnswer, SidecarCall } from './sidecar-calls.ts';

const message = (text = '', topic: CarriedMessage['topic'] = 'task-events'): CarriedMessage => ({
  topic,
  key: 'home',
  event: {
    specversion: '1.0',
    id: '1',
    source: '/spaces/1',
    type: 'daymark.task.created',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    partitionkey: 'home',
    data: { text },
  },
});
const large = (count: number) => Array.from({ length: count }, () => message('x'.repeat(900_000)));

/** A carrier to a sidecar that answers as it is told. */
function carrierTo(answer: (call: SidecarCall, number: number) => Promise<SidecarAnswer> | SidecarAnswer) {
  const calls: SidecarCall[] = [];
  const sidecar = {
    call: async (call: SidecarCall) => {
      calls.push(call);
      return answer(call, calls.length);
    },
  };
  return { calls, carrier: createDaprCarrier(sidecar, { pubsub: 'events', topicPrefix: 'prod.' }) };
}

const answered = (status: number, body: unknown = ''): SidecarAnswer => ({
  status,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const options = { timeout_ms: 1_000 };

it('publishes each topic with one request after another, and topics beside each other', async () => {
  let [underWay, mostUnderWay] = [0, 0];
  const { calls, carrier } = carrierTo(async () => {
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    await sleep(1);
    underWay -= 1;
    return answered(204);
  });
  expect(await carrier.publish(large(10), options)).toEqual([]);
  expect([calls.length, mostUnderWay]).toEqual([3, 1]);
  expect(new Set(calls.map(({ path }) => path))).toEqual(new Set(['/v1.0/publish/bulk/events/prod.task-events']));
  await carrier.publish([message(), message('', 'reminders')], options);
  expect(calls.slice(3).map(({ path }) => path)).toEqual([
    '/v1.0/publish/bulk/events/prod.task-events',
    '/v1.0/publish/bulk/events/prod.reminders',
  ]);
});

it('takes an answer that names entries as a partial success; one that is too large is hopeless', async () => {
  const failedEntries = [
    { entryId: '1', error: 'kafka: (Attempt to produce message larger than configured Producer.MaxMessageBytes)' },
    { entryId: '2', error: 'kafka server: not now' },
    { entryId: 'unheard of', error: 'what' },
  ];
  const { carrier } = carrierTo(() => answered(500, { errorCode: 'ERR_PUBSUB_PUBLISH_MESSAGE', failedEntries }));
  expect(await carrier.publish([message(), message(), message(), message()], options)).toMatchObject([
    { index: 1, hopeless: true },
    { index: 2, hopeless: false, error: { message: 'kafka server: not now' } },
  ]);
});

it('sends nothing more of a topic when nothing of a request was taken, and says why for all', async () => {
  const { calls, carrier } = carrierTo(() => {
    throw new Error('connect ECONNREFUSED');
  });
  const unpublished = await carrier.publish(large(10), options);
  expect(calls).toHaveLength(1);
  expect(unpublished.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(new Set(unpublished.map(({ error, hopeless }) => `${error.message} ${hopeless}`))).toEqual(
    new Set(['connect ECONNREFUSED false']),
  );
});

it('goes on with a request while the broker takes nothing of it, in the time that there is', async () => {
  const refused = (count: number) => {
    const failedEntries = Array.from({ length: count }, (_, at) => ({ entryId: `${at}`, error: 'no leader' }));
    return answered(500, { failedEntries });
  };
  const { calls, carrier } = carrierTo((_call, number) => (number < 3 ? refused(4) : answered(204)));
  expect(await carrier.publish(large(4), options)).toEqual([]);
  expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
  const never = carrierTo(() => refused(4));
  expect(await never.carrier.publish(large(10), { timeout_ms: 150 })).toMatchObject(
    Array.from({ length: 10 }, (_, index) => ({ index, error: { message: 'no leader' } })),
  );
  expect(new Set(never.calls.map(({ body }) => body)).size).toBe(1);
});

it('goes on after a request of which something was taken', async () => {
  const { calls, carrier } = carrierTo((_call, number) =>
    number === 1 ? answered(500, { failedEntries: [{ entryId: '0', error: 'not now' }] }) : answered(204),
  );
  expect(await carrier.publish(large(10), options)).toMatchObject([{ index: 0 }]);
  expect(calls).toHaveLength(3);
});

it('fails all of a message that no broker takes, without sending it', async () => {
  const { calls, carrier } = carrierTo(() => answered(204));
  expect(await carrier.publish([message('x'.repeat(1_100_000))], options)).toMatchObject([
    { index: 0, hopeless: true },
  ]);
  expect(calls).toEqual([]);
});

it('gives each request what is left of the time, and publishes nothing after its end', async () => {
  const { calls, carrier } = carrierTo(async ({ timeout_ms }) => {
    await sleep(timeout_ms + 5);
    return answered(204);
  });
  const unpublished = await carrier.publish(large(10), { timeout_ms: 200 });
  expect(calls).toHaveLength(1);
  expect(calls[0]?.timeout_ms).toBeLessThanOrEqual(200);
  expect(unpublished.map(({ index }) => index)).toEqual([4, 5, 6, 7, 8, 9]);
});

it.each([
  [401, 'invalid api token', /DAPR_API_TOKEN/],
  [403, { errorCode: 'ERR_PUBSUB_FORBIDDEN' }, /scopes/],
  [404, { errorCode: 'ERR_PUBSUB_NOT_FOUND' }, /DAYMARK_DAPR_PUBSUB/],
])('tells the operator what to mend when the sidecar answers %i', async (status, body, remedy) => {
  const { carrier } = carrierTo(() => answered(status, body));
  const errors = (await carrier.publish([message()], options)).map(({ error }) => error);
  expect(errors).toEqual([expect.any(OperatorError)]);
  expect(errors).toMatchObject([{ remedy: expect.stringMatching(remedy) }]);
});

it('is reachable when the outgoing side of the sidecar is', async () => {
  await carrierTo(() => answered(204)).carrier.check();
  await expect(carrierTo(() => answered(500)).carrier.check()).rejects.toThrow('it answered 500');
});
