/**
 * How much room each target has: so many hand-overs at once, fewer where a target is in trouble, none while its circuit is open. So a
 * target that is slow or dead delays nobody else.
 *
 * Webhooks and push services have a circuit for each host. Mail and text messages go to one server, whose circuit is that of the channel;
 * their targets are people.
 */
import { type CircuitBreaker, type CircuitLimits, circuitBreaker } from '../../kit/circuit-breaker.ts';
import type { Busy } from '../../store/delivery-ledger.ts';

export interface Targets {
  /** What claims have to pass over or take less of. */
  busy(now_ms: number): Busy;
  /** How many hand-overs are under way for each person. */
  busyPeople(): Busy;
  /** How many hand-overs the circuit of the whole channel lets pass now, and in how long it is to be asked again. */
  room(now_ms: number): number;
  /** A hand-over to a target of a person begins. Answers how it ends, or in how long the target may be tried again. */
  enter(
    target: string,
    personId: string,
    now_ms: number,
  ): { leave: (succeeded: boolean, now_ms: number) => void } | { retryIn_ms: number };
  /** Targets whose circuit has opened since this was asked last, with how long it stays so. */
  takeOpened(now_ms: number): { target: string; pause_ms: number }[];
  /** How many circuits are not closed. */
  inTrouble(now_ms: number): number;
}

export interface TargetsOptions {
  readonly perTargetMax: number;
  /** One circuit for the whole channel, or one for each target. */
  readonly circuits: 'shared' | 'each';
  readonly limits: CircuitLimits;
}

const wholeChannel = 'channel';

export function createTargets(options: TargetsOptions): Targets {
  const { perTargetMax, circuits } = options;
  const breaker: CircuitBreaker = circuitBreaker(options.limits);
  const circuitOf = (target: string): string => (circuits === 'shared' ? wholeChannel : target);
  const underWay = new Map<string, number>();
  const ofPeople = new Map<string, number>();
  /** Circuits that were not closed when they were last looked at. */
  const troubled = new Set<string>();
  const opened = new Set<string>();

  const forgetWell = (now_ms: number): void => {
    for (const circuit of troubled) if (breaker.state(circuit, now_ms) === 'closed') troubled.delete(circuit);
  };

  return {
    busy(now_ms) {
      forgetWell(now_ms);
      const counts = new Map(underWay);
      if (circuits === 'each') {
        for (const target of troubled) {
          // Half open has room for one, the probe, and none while anything is under way.
          const taken = breaker.state(target, now_ms) === 'open' ? perTargetMax : perTargetMax - 1;
          counts.set(target, Math.min(perTargetMax, taken + (underWay.get(target) ?? 0)));
        }
      }
      return busyOf(counts);
    },
    busyPeople: () => busyOf(ofPeople),
    room(now_ms) {
      if (circuits === 'each') return Number.POSITIVE_INFINITY;
      const state = breaker.state(wholeChannel, now_ms);
      if (state === 'closed') return Number.POSITIVE_INFINITY;
      return state === 'open' || underWay.size > 0 ? 0 : 1;
    },
    enter(target, personId, now_ms) {
      const circuit = circuitOf(target);
      const admission = breaker.admit(circuit, now_ms);
      if (!admission.admitted) return { retryIn_ms: admission.retryIn_ms };
      add(underWay, target, 1);
      add(ofPeople, personId, 1);
      return {
        leave(succeeded, then_ms) {
          add(underWay, target, -1);
          add(ofPeople, personId, -1);
          admission.report(succeeded, then_ms);
          if (breaker.state(circuit, then_ms) !== 'open') return;
          troubled.add(circuit);
          if (circuits === 'each') opened.add(circuit);
        },
      };
    },
    takeOpened(now_ms) {
      const taken = [...opened].flatMap((target) => {
        if (breaker.state(target, now_ms) !== 'open') return [];
        const admission = breaker.admit(target, now_ms);
        return admission.admitted ? [] : [{ target, pause_ms: admission.retryIn_ms }];
      });
      opened.clear();
      return taken;
    },
    inTrouble(now_ms) {
      forgetWell(now_ms);
      return troubled.size;
    },
  };
}

const busyOf = (counts: ReadonlyMap<string, number>): Busy => ({
  targets: [...counts.keys()],
  counts: [...counts.values()],
});

function add(counts: Map<string, number>, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
