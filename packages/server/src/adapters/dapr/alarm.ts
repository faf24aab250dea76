/**
 * Alarms as one-shot jobs of Dapr's scheduler, one for each process and name. A job may be handed to any replica of the app, which is as
 * good: whoever is rung looks at the rows that all share.
 *
 * - Every call has a short time limit: with the scheduler down Dapr holds it for half a minute. After a failure the scheduler is left
 *   alone for a while; the poll of whoever set the alarm goes on meanwhile.
 * - One call is under way for a name; of the moments that are set meanwhile the last one counts. A moment that is known is not sent again.
 * - Moments beyond the horizon are not sent: they are set again before it comes to that, and no job outlives its process for long.
 * - A callback is always answered with 200. Whatever the job was, nothing is gained by its coming again.
 */
import { randomUUID } from 'node:crypto';
import { createListeners } from '../../kit/listeners.ts';
import type { Log } from '../../kit/log.ts';
import type { Alarm, AlarmName } from '../../ports/alarm.ts';
import type { Callbacks } from '../../ports/callbacks.ts';
import { type Sidecar, SidecarRefusal } from './sidecar.ts';

const timeout_ms = 2_000;
const rest_ms = 5_000;
const horizon_ms = 3_600_000;
/** Moments are told anew at each look, a round trip earlier or later. */
const sameMoment_ms = 20;
const prefix = 'daymark';

interface Bell {
  /** By the steady clock of the process: what was asked for last, and what the scheduler knows. */
  wanted_ms: number | null;
  known_ms: number | null;
  sending: Promise<void> | undefined;
}

export interface DaprAlarmOptions {
  readonly rest_ms?: number;
}

/** Registers its callback at once, so it is made before the server for callbacks opens. */
export function daprAlarm(sidecar: Sidecar, callbacks: Callbacks, log: Log, options: DaprAlarmOptions = {}): Alarm {
  const process = randomUUID();
  const listeners = createListeners<AlarmName>();
  const bells = new Map<AlarmName, Bell>();
  let restUntil_ms = 0;
  let inTrouble = false;
  let closed = false;

  const bellOf = (name: AlarmName): Bell => {
    let bell = bells.get(name);
    if (!bell) {
      bell = { wanted_ms: null, known_ms: null, sending: undefined };
      bells.set(name, bell);
    }
    return bell;
  };

  callbacks.route('POST', '/job/*', ({ path }) => {
    const [first, name = '', from] = path.slice('/job/'.length).split('.');
    if (first === prefix) {
      if (from === process) rang(bellOf(name as AlarmName));
      listeners.tell(name);
    }
    return { status: 200 };
  });

  const pathOf = (name: AlarmName) => `/v1.0/jobs/${prefix}.${name}.${process}`;

  async function send(name: AlarmName, at_ms: number | null): Promise<void> {
    const path = pathOf(name);
    if (at_ms === null) {
      await sidecar.call({ method: 'DELETE', path, timeout_ms });
      return;
    }
    const in_ms = Math.max(0, Math.ceil(at_ms - performance.now()));
    const job = { dueTime: `${in_ms}ms`, overwrite: true, failurePolicy: { drop: {} } };
    const answer = await sidecar.send({ method: 'POST', path, timeout_ms, json: job });
    if (answer.status !== 204) throw new SidecarRefusal('setting an alarm', answer);
  }

  /** Sends what is wanted until that is what is known. */
  async function settle(name: AlarmName, bell: Bell): Promise<void> {
    while (!isSame(bell.wanted_ms, bell.known_ms)) {
      if (performance.now() < restUntil_ms) return;
      const at_ms = bell.wanted_ms;
      try {
        // Before the answer, because it may ring before that comes.
        bell.known_ms = at_ms;
        await send(name, at_ms);
        if (inTrouble) log.info('alarms are set again');
        inTrouble = false;
      } catch (error) {
        bell.known_ms = null;
        restUntil_ms = performance.now() + (options.rest_ms ?? rest_ms);
        if (!inTrouble) log.warn({ error }, 'alarms cannot be set; what is due is found by looking');
        inTrouble = true;
      }
    }
  }

  function want(name: AlarmName, at_ms: number | null): void {
    if (closed) return;
    const bell = bellOf(name);
    bell.wanted_ms = at_ms;
    bell.sending ??= settle(name, bell).finally(() => {
      bell.sending = undefined;
    });
  }

  return {
    set(name, in_ms) {
      want(name, in_ms > horizon_ms ? null : performance.now() + in_ms);
    },
    clear: (name) => want(name, null),
    onRing: (name, listener) => listeners.add(name, listener),
    async close() {
      for (const name of bells.keys()) want(name, null);
      closed = true;
      await Promise.all([...bells.values()].map((bell) => bell.sending));
    },
  };
}

/** What rang is not set any more, so the same moment may be wanted again; one that is wanted since then still is. */
function rang(bell: Bell): void {
  if (isSame(bell.wanted_ms, bell.known_ms)) bell.wanted_ms = null;
  bell.known_ms = null;
}

const isSame = (one: number | null, other: number | null): boolean =>
  one === null || other === null ? one === other : Math.abs(one - other) < sameMoment_ms;
