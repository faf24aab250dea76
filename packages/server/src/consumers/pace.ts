/** How much a consumer takes at once and how long it waits. */

export interface Pace {
  /** Events of one transaction. */
  readonly eventsMax: number;
  /** Payloads of one transaction; a larger event comes alone. */
  readonly payloadBytesMax: number;
  /** No event is begun in a transaction older than this, so that the readers of the log are not held back. */
  readonly transactionTime_ms: number;
  /** One hand-over that takes longer has failed. */
  readonly handOverTimeout_ms: number;
  /** Between polls when no wake-up comes. */
  readonly poll_ms: number;
  /** Between looks whether the active replica of the consumer is gone. */
  readonly standBy_ms: number;
  /** First and longest pause while committed events wait for an older transaction to end. */
  readonly heldBackMin_ms: number;
  readonly heldBackMax_ms: number;
  /** Before the second try of an event; four times as long before the third. */
  readonly retry_ms: number;
  /** A consumer that a carrier feeds moves its cursor and looks for what is due so often. */
  readonly settle_ms: number;
  /** Events of the log that it looks at for that at once. */
  readonly settleEventsMax: number;
  /** What no carrier has brought after so long is read from the log. */
  readonly repairGrace_ms: number;
  /** First and longest pause while PostgreSQL does not answer. */
  readonly troubleMin_ms: number;
  readonly troubleMax_ms: number;
}

export const usualPace: Pace = {
  eventsMax: 200,
  payloadBytesMax: 4_194_304,
  transactionTime_ms: 2_000,
  handOverTimeout_ms: 20_000,
  poll_ms: 5_000,
  standBy_ms: 1_000,
  heldBackMin_ms: 5,
  heldBackMax_ms: 200,
  retry_ms: 500,
  settle_ms: 1_000,
  settleEventsMax: 1_000,
  repairGrace_ms: 30_000,
  troubleMin_ms: 100,
  troubleMax_ms: 10_000,
};

const retryGrowth = 4;
const jitterShare = 0.2;

/** The pause after a failed try; `attempts` counts from 1. */
export const retryPause_ms = (pace: Pace, attempts: number): number => pace.retry_ms * retryGrowth ** (attempts - 1);

/** Doubles with each step from 1 on, up to the longest. */
export const growingPause_ms = (min_ms: number, max_ms: number, step: number): number =>
  Math.min(max_ms, min_ms * 2 ** Math.min(step - 1, 30));

/** Spreads pauses by a fifth either way, so that replicas and consumers do not poll in step. */
export const withJitter = (pause_ms: number): number => pause_ms * (1 + jitterShare * (2 * Math.random() - 1));
