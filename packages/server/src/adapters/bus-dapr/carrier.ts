/**
 * The way out through the sidecar: one bulk request after another in each topic, because requests that overlap lose the order of their
 * keys. An answer that names entries that failed means that all others were taken. After a broker was away, the client of the sidecar
 * refuses everything for up to ten seconds more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CarriedMessage } from '@daymark/core/contract/cloud-event.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import type { EventCarrier, Unpublished } from '../../ports/event-carrier.ts';
import { type PublishRequest, publishRequests } from './publish-requests.ts';
import type { SidecarAnswer, SidecarCalls } from './sidecar-calls.ts';

export interface CarrierOptions {
  /** The name of the pub/sub component. */
  readonly pubsub: string;
  /** Before the name of each topic. */
  readonly topicPrefix: string;
}

const checkTimeout_ms = 2_000;
/** Between tries of a request of which the broker took nothing: it may be electing a leader, or be back only now. */
const retryMin_ms = 100;
const retryMax_ms = 1_000;
const errorCharactersMax = 300;

export function createDaprCarrier(sidecar: SidecarCalls, { pubsub, topicPrefix }: CarrierOptions): EventCarrier {
  /** What became of one request. */
  async function send(topic: string, { body, indexes }: PublishRequest, timeout_ms: number): Promise<Sent> {
    const all = (error: Error): Sent => ({
      failed: indexes.map((index) => unpublished(index, error)),
      taken: 'nothing',
    });
    let answer: SidecarAnswer;
    try {
      const path = `/v1.0/publish/bulk/${encodeURIComponent(pubsub)}/${encodeURIComponent(topic)}`;
      answer = await sidecar.call({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body,
        timeout_ms,
      });
    } catch (error) {
      return all(error as Error);
    }
    if (answer.status === 204 || answer.status === 200) return { failed: [], taken: 'some' };
    const { code, message, failedEntries } = refusalOf(answer);
    if (failedEntries === undefined) return all(refusal(answer.status, code, message, pubsub, topic));
    const failed = failedEntries.flatMap(({ place, error }) => {
      const index = indexes[place];
      return index === undefined ? [] : [unpublished(index, new Error(error), tooLargeWords.test(error))];
    });
    const isOver = failed.length < indexes.length || failed.every(({ hopeless }) => hopeless);
    return { failed, taken: isOver ? 'some' : 'nothing yet' };
  }

  /** Goes on with a request while the broker takes nothing of it; once it has taken something, the order is no longer this one's to keep. */
  async function sendPatiently(topic: string, request: PublishRequest, until: number): Promise<Sent> {
    let sent = late(request);
    for (let tries = 1; ; tries++) {
      const left_ms = until - performance.now();
      if (left_ms <= 0) return sent;
      sent = await send(topic, request, Math.ceil(left_ms));
      const pause_ms = Math.min(retryMax_ms, retryMin_ms * 2 ** (tries - 1));
      if (sent.taken !== 'nothing yet' || performance.now() + pause_ms > until) return sent;
      await sleep(pause_ms);
    }
  }

  async function publishTopic(
    topic: string,
    messages: { index: number; message: CarriedMessage }[],
    until: number,
  ): Promise<Unpublished[]> {
    const { requests, tooLarge } = publishRequests(messages);
    const failed = tooLarge.map((index) =>
      unpublished(index, new Error('the message is too large for a broker'), true),
    );
    for (const [place, request] of requests.entries()) {
      const sent = await sendPatiently(topic, request, until);
      failed.push(...sent.failed);
      if (sent.taken === 'some') continue;
      const error = sent.failed[0]?.error ?? new Error('the request before it failed');
      for (const { indexes } of requests.slice(place + 1))
        failed.push(...indexes.map((index) => unpublished(index, error)));
      break;
    }
    return failed;
  }

  return {
    async publish(messages, { timeout_ms }) {
      const until = performance.now() + timeout_ms;
      const topics = Map.groupBy(
        messages.map((message, index) => ({ index, message })),
        ({ message }) => `${topicPrefix}${message.topic}`,
      );
      const failed = await Promise.all([...topics].map(([topic, each]) => publishTopic(topic, each, until)));
      return failed.flat().sort((a, b) => a.index - b.index);
    },
    async check() {
      const { status } = await sidecar.call({
        method: 'GET',
        path: '/v1.0/healthz/outbound',
        timeout_ms: checkTimeout_ms,
      });
      if (status !== 204) throw new Error(`the sidecar is not ready: it answered ${status}`);
    },
    async close() {},
  };
}

interface Sent {
  readonly failed: Unpublished[];
  /** `nothing yet` where the same request may fare better in a moment, `nothing` where the next one would fare the same. */
  readonly taken: 'some' | 'nothing yet' | 'nothing';
}

const late = ({ indexes }: PublishRequest): Sent => ({
  failed: indexes.map((index) => unpublished(index, new Error('there was no time left to publish it'))),
  taken: 'nothing',
});

/** What brokers and their clients say of a message beyond their limit. */
const tooLargeWords = /larger than configured|message was too large|message size too large/i;

const unpublished = (index: number, error: Error, hopeless = false): Unpublished => ({ index, error, hopeless });

/** A request that was refused as a whole; what an operator can mend says how. */
function refusal(status: number, code: string, message: string, pubsub: string, topic: string): Error {
  if (status === 401) {
    return new OperatorError(
      'The sidecar refuses the token of this process.',
      'Give both the same DAPR_API_TOKEN, and restart the one that has another.',
    );
  }
  if (status === 404) {
    return new OperatorError(
      `The sidecar has no pub/sub component named ${pubsub} (${code}).`,
      'Name one of its components in DAYMARK_DAPR_PUBSUB, or give it the component.',
    );
  }
  if (status === 403) {
    return new OperatorError(
      `The sidecar does not let this process publish to ${topic}.`,
      `Add the topic to the scopes of the component ${pubsub}.`,
    );
  }
  return new Error(`the sidecar answered ${status} ${code} ${message}`.trim());
}

interface Refusal {
  code: string;
  message: string;
  /** Places in the request; undefined when the answer names none. */
  failedEntries: { place: number; error: string }[] | undefined;
}

function refusalOf({ body }: SidecarAnswer): Refusal {
  const text = body.toString('utf8');
  let parsed: { errorCode?: unknown; message?: unknown; failedEntries?: unknown };
  try {
    parsed = JSON.parse(text);
  } catch {
    return { code: '', message: wordsOf(text), failedEntries: undefined };
  }
  const { errorCode, message, failedEntries } = parsed ?? {};
  return {
    code: wordsOf(errorCode),
    message: wordsOf(message),
    failedEntries:
      Array.isArray(failedEntries) && failedEntries.length > 0
        ? failedEntries.map((entry) => ({ place: Number(entry?.entryId), error: wordsOf(entry?.error) }))
        : undefined,
  };
}

const wordsOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim().slice(0, errorCharactersMax) : '';
