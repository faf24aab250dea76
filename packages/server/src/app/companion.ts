/**
 * The Dapr sidecar beside this process, where one is configured, and what goes through it. Without one nothing of it is even loaded. The
 * process starts before its sidecar or after it: whoever calls it goes on without while it is away.
 */
import { timerAlarm } from '../adapters/alarm-timer/timer-alarm.ts';
import type { CallbackServer } from '../adapters/dapr/callbacks.ts';
import type { Sidecar } from '../adapters/dapr/sidecar.ts';
import { postgresState } from '../adapters/state-postgres/postgres-state.ts';
import type { Log } from '../kit/log.ts';
import { OperatorError } from '../kit/operator-error.ts';
import { type Running, runningUntilStopped } from '../kit/running.ts';
import type { Alarm } from '../ports/alarm.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Database } from '../store/database.ts';
import type { Config } from './config.ts';

type CompanionConfig = Pick<
  Config,
  'alarm' | 'bus' | 'daprUrl' | 'daprApiToken' | 'daprAppPort' | 'daprStateStore' | 'appApiToken'
>;

export interface Companion extends Running {
  /** Throws OperatorError when none is configured. */
  sidecar(): Sidecar;
  /** Where it calls back. Throws OperatorError that names what needs it when no port is configured. */
  callbacks(neededBy: string): CallbackServer;
  /** The same, or undefined. */
  readonly openable: CallbackServer | undefined;
}

/** Throws OperatorError where the port for callbacks is configured without the token. */
export async function openCompanion(log: Log, config: CompanionConfig): Promise<Companion> {
  const sidecar = isWanted(config) ? await openIt(config) : undefined;
  const callbacks = await callbacksOf(log, config);
  return {
    sidecar() {
      if (sidecar) return sidecar;
      throw new OperatorError('Nothing in the configuration asks for a sidecar.', 'See --help for all options.');
    },
    callbacks(neededBy) {
      if (callbacks) return callbacks;
      throw new OperatorError(
        `${neededBy} needs a port that the sidecar can call.`,
        'Set DAYMARK_DAPR_APP_PORT and APP_API_TOKEN.',
      );
    },
    openable: callbacks,
    ...runningUntilStopped(() => sidecar?.close()),
  };
}

const isWanted = ({ alarm, bus, daprStateStore }: CompanionConfig): boolean =>
  [alarm, bus].some((engine: string) => engine === 'dapr') || daprStateStore !== undefined;

async function openIt({ daprUrl: url, daprApiToken: apiToken }: CompanionConfig): Promise<Sidecar> {
  const { openSidecar } = await import('../adapters/dapr/sidecar.ts');
  return openSidecar({ url, apiToken });
}

async function callbacksOf(log: Log, { daprAppPort: port, appApiToken: token }: CompanionConfig) {
  if (port === undefined) return undefined;
  if (token === undefined) {
    throw new OperatorError(
      'DAYMARK_DAPR_APP_PORT is set without APP_API_TOKEN.',
      'Set the token that the sidecar shows, or anybody on this machine could hand events over.',
    );
  }
  const { createCallbacks } = await import('../adapters/dapr/callbacks.ts');
  return createCallbacks(log, { port, token });
}

/** What processes share and may lose: in a Dapr store where one is named, else in PostgreSQL, on the login of `db`. */
export async function openStateStore(
  { daprStateStore }: Pick<Config, 'daprStateStore'>,
  companion: Companion,
  db: Database,
): Promise<StateStore> {
  if (daprStateStore === undefined) return postgresState(db);
  const { daprState } = await import('../adapters/dapr/state.ts');
  return daprState(companion.sidecar(), daprStateStore);
}

/** What rings when a moment has come. Throws OperatorError where jobs are wanted and cannot call back. */
export async function openAlarm(log: Log, { alarm }: Pick<Config, 'alarm'>, companion: Companion): Promise<Alarm> {
  if (alarm === 'timer') return timerAlarm();
  const { daprAlarm } = await import('../adapters/dapr/alarm.ts');
  return daprAlarm(companion.sidecar(), companion.callbacks('DAYMARK_ALARM=dapr'), log);
}
