/**
 * A circuit breaker for each key (a host, a channel): after several failures in a row nothing is sent there for a while, then one
 * call probes whether it is well again. So a dead peer costs one time-out now and then in place of one for each message.
 *
 * closed    calls pass; `failuresMax` failures in a row open it.
 * open      calls are held back until a pause is over; each opening in a row doubles it, up to `openMax_ms`.
 * half-open one call passes as the probe. Success closes, failure opens again. A probe that never reports is given up after
 *           `probe_ms`, and the next call takes its place.
 *
 * There is no clock inside: `now_ms` is an argument, any clock that does not run backwards. What was let through before the circuit
 * changed its state reports to a state that is gone, and is not heard.
 */

export interface CircuitLimits {
  readonly failuresMax: number;
  readonly open_ms: number;
  readonly openMax_ms: number;
  readonly probe_ms: number;
  /** Keys that are remembered; beyond it the ones used longest ago are forgotten, which closes their circuits. */
  readonly keysMax: number;
}

export type Admission =
  /** The call may go; `report` tells once how it went. */
  | { readonly admitted: true; readonly report: (succeeded: boolean, now_ms: number) => void }
  /** It may not, at the earliest again in so many milliseconds. */
  | { readonly admitted: false; readonly retryIn_ms: number };

export type CircuitState = 'closed' | 'open' | 'half_open';

export interface CircuitBreaker {
  admit(key: string, now_ms: number): Admission;
  state(key: string, now_ms: number): CircuitState;
}

/** `until_ms` is when an open circuit lets a probe pass, and when a probe is given up. `turn` counts the changes of state. */
interface Circuit {
  state: CircuitState;
  failures: number;
  openings: number;
  until_ms: number;
  turn: number;
}

export function circuitBreaker(limits: CircuitLimits): CircuitBreaker {
  // In the order of use, the latest last. A key without failures has no entry.
  const circuits = new Map<string, Circuit>();

  const keep = (key: string, circuit: Circuit): void => {
    circuits.delete(key);
    circuits.set(key, circuit);
    const [oldest] = circuits.keys();
    if (circuits.size > limits.keysMax && oldest !== undefined) circuits.delete(oldest);
  };

  const reporter = (key: string, turn: number) => (succeeded: boolean, now_ms: number) => {
    const circuit = circuits.get(key) ?? newCircuit();
    if (circuit.turn !== turn) return;
    if (succeeded) circuits.delete(key);
    else keep(key, afterFailure(circuit, now_ms, limits));
  };

  return {
    admit(key, now_ms) {
      const circuit = circuits.get(key) ?? newCircuit();
      if (circuit.state === 'closed') return { admitted: true, report: reporter(key, circuit.turn) };
      if (now_ms < circuit.until_ms) return { admitted: false, retryIn_ms: circuit.until_ms - now_ms };
      const turn = circuit.turn + 1;
      keep(key, { ...circuit, state: 'half_open', until_ms: now_ms + limits.probe_ms, turn });
      return { admitted: true, report: reporter(key, turn) };
    },
    state(key, now_ms) {
      const circuit = circuits.get(key);
      if (!circuit || circuit.state === 'closed') return 'closed';
      return circuit.state === 'open' && now_ms < circuit.until_ms ? 'open' : 'half_open';
    },
  };
}

const newCircuit = (): Circuit => ({ state: 'closed', failures: 0, openings: 0, until_ms: 0, turn: 0 });

function afterFailure(circuit: Circuit, now_ms: number, limits: CircuitLimits): Circuit {
  const failures = circuit.failures + 1;
  if (circuit.state === 'closed' && failures < limits.failuresMax) return { ...circuit, failures };
  const pause_ms = Math.min(limits.openMax_ms, limits.open_ms * 2 ** Math.min(circuit.openings, 30));
  return {
    state: 'open',
    failures,
    openings: circuit.openings + 1,
    until_ms: now_ms + pause_ms,
    turn: circuit.turn + 1,
  };
}
