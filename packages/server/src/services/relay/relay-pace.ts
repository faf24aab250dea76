/** How much the relay takes at once and how long it waits. */

export interface RelayPace {
  /** Events of any shard that one read looks at; of its own shard it takes fewer. */
  readonly scannedMax: number;
  /** Events of one request to the carrier. */
  readonly eventsMax: number;
  /** Their payloads together; one larger event comes alone. */
  readonly payloadBytesMax: number;
  /** Dead letters of one request. */
  readonly lettersMax: number;
  /** The carrier's time for one request; well below the 30 s that a transaction may take. */
  readonly publishTimeout_ms: number;
  /** Between polls when no wake-up comes. */
  readonly poll_ms: number;
  /** Between looks for dead letters, of which nobody tells. */
  readonly letterPoll_ms: number;
  /** Between looks whether the active replica of the shard is gone. */
  readonly standBy_ms: number;
  /** First and longest pause while committed events wait for an older transaction to end. */
  readonly heldBackMin_ms: number;
  readonly heldBackMax_ms: number;
  /** The longest first pause after a request that failed, and the longest at all. */
  readonly retryMin_ms: number;
  readonly retryMax_ms: number;
  /** The same while PostgreSQL does not answer. */
  readonly troubleMin_ms: number;
  readonly troubleMax_ms: number;
  /** Between looks at what is still to be sent, for the metrics. */
  readonly watch_ms: number;
}

export const usualRelayPace: RelayPace = {
  scannedMax: 4_000,
  eventsMax: 1_000,
  payloadBytesMax: 4_194_304,
  lettersMax: 20,
  publishTimeout_ms: 10_000,
  poll_ms: 5_000,
  letterPoll_ms: 2_000,
  standBy_ms: 1_000,
  heldBackMin_ms: 5,
  heldBackMax_ms: 200,
  retryMin_ms: 200,
  retryMax_ms: 5_000,
  troubleMin_ms: 100,
  troubleMax_ms: 10_000,
  watch_ms: 10_000,
};
