/**
 * The relay: hands every committed event to the carrier at least once, the events of each space in the order of their versions, and
 * the dead letters of consumers besides. Any number of replicas may run; of each shard of the log one is active.
 */
import { type Running, runningTogether } from '../../kit/running.ts';
import { relayShardNumbers, relayShardOf } from '../../store/relay.ts';
import type { Changed } from '../../store/wakes.ts';
import { startDeadLetters } from './dead-letters.ts';
import { startOutboxWatch } from './outbox-watch.ts';
import type { RelayDeps } from './relay-deps.ts';
import { type RelayPace, usualRelayPace } from './relay-pace.ts';
import { startRelayShard } from './relay-shard.ts';

/** It holds at most one connection of `db` for each shard, and two more. */
export function startRelay(given: Omit<RelayDeps, 'pace'> & { readonly pace?: Partial<RelayPace> }): Running {
  const deps: RelayDeps = { ...given, pace: { ...usualRelayPace, ...given.pace } };
  const shards = relayShardNumbers.map((shard) => startRelayShard(deps, shard));
  // Only the shards that something changed in; the others see by their slow poll that the log went on.
  const unsubscribe = deps.wakes.subscribe((changed: Changed) => {
    const touched = changed === 'all' ? new Set(relayShardNumbers) : new Set([...changed].map(relayShardOf));
    for (const shard of touched) shards[shard]?.ring();
  });
  const parts = runningTogether([...shards, startDeadLetters(deps), startOutboxWatch(deps)]);
  return {
    done: parts.done,
    async stop() {
      unsubscribe();
      await parts.stop();
    },
  };
}
