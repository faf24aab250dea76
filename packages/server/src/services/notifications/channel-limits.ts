/** How much each channel does at once, and for how long. */
import type { CircuitLimits } from '../../kit/circuit-breaker.ts';
import type { ChannelName } from '../../ports/channel.ts';

export interface ChannelLimits {
  /** Hand-overs under way at once. */
  readonly atOnceMax: number;
  /** Of them, at one target: a host of webhooks or push, else a person. */
  readonly perTargetMax: number;
  /** Of them, for one person, who may name as many hosts as there are names. */
  readonly perPersonMax: number;
  /** A hand-over is cut off after so long; longer than the channel's own limit. */
  readonly handOver_ms: number;
  /** A claim is kept for so long: a hand-over and its recording fit in. */
  readonly lease_ms: number;
  /** Stopping waits so long for what is under way; then it is cut off. */
  readonly drain_ms: number;
}

const drain_ms = 8_000;
const usual = { handOver_ms: 20_000, lease_ms: 60_000, drain_ms };

export const channelLimits: Readonly<Record<ChannelName, ChannelLimits>> = {
  webhook: { ...usual, atOnceMax: 32, perTargetMax: 6, perPersonMax: 8 },
  web_push: { ...usual, atOnceMax: 16, perTargetMax: 6, perPersonMax: 4 },
  sms: { ...usual, handOver_ms: 25_000, atOnceMax: 4, perTargetMax: 2, perPersonMax: 2 },
  email: { ...usual, handOver_ms: 65_000, lease_ms: 120_000, atOnceMax: 8, perTargetMax: 2, perPersonMax: 2 },
};

export const circuitLimits: CircuitLimits = {
  failuresMax: 5,
  open_ms: 5_000,
  openMax_ms: 300_000,
  probe_ms: 90_000,
  keysMax: 10_000,
};
