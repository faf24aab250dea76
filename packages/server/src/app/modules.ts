/**
 * THE table of modules: what each part of the program is called and what it needs. To add a part, write its `start` in its own
 * folder, add its row here, and add it to `all` when it belongs to the default target.
 */
import { topicOf } from '@daymark/core/contract/event.ts';
import { openAccounts } from '../adapters/better-auth/accounts.ts';
import { authenticate } from '../adapters/better-auth/authenticate.ts';
import type { Commands } from '../commands/command.ts';
import { programIntent } from '../commands/program-intent.ts';
import { provisionPerson } from '../commands/provision-person.ts';
import { prepareResetMail } from '../commands/request-password-reset.ts';
import { startLagWatch } from '../consumers/watched-bus.ts';
import { failPointsAt, noFailPoints } from '../kit/fail-point.ts';
import { buildEdge, type Edge } from '../kit/http/edge.ts';
import { createKeyedQueue } from '../kit/keyed-queue.ts';
import type { Log } from '../kit/log.ts';
import type { Metrics } from '../kit/metrics.ts';
import { nearestName } from '../kit/nearest-name.ts';
import { OperatorError } from '../kit/operator-error.ts';
import { runningTogether, runningUntilStopped } from '../kit/running.ts';
import type { Tracing } from '../kit/tracing.ts';
import { apiRoutes } from '../services/api/api-routes.ts';
import { authRoutes } from '../services/api/auth-routes.ts';
import { presenceRoutes } from '../services/api/presence-routes.ts';
import { sharedAttempts } from '../services/api/shared-attempts.ts';
import { startAudit } from '../services/audit/audit-module.ts';
import { start as startAuthChanges } from '../services/maintenance/auth-changes.ts';
import { startConsumerWatch } from '../services/maintenance/consumer-watch.ts';
import { start as startEmptyTrash } from '../services/maintenance/empty-trash.ts';
import { startNightlyReconcile } from '../services/maintenance/nightly-reconcile.ts';
import { startSweepState } from '../services/maintenance/sweep-state.ts';
import { startNotifications } from '../services/notifications/notifications-module.ts';
import { startRecurrence } from '../services/recurrence/recurrence-module.ts';
import { startReminders } from '../services/reminders/reminders-module.ts';
import { traceDelivery } from '../services/sync/delivery-span.ts';
import { syncElsewhere } from '../services/sync/sync-elsewhere.ts';
import { startSync } from '../services/sync/sync-module.ts';
import { webRoutes } from '../services/web/web-routes.ts';
import { setRetention } from '../store/audit.ts';
import type { ConsumerLag } from '../store/cursors.ts';
import { isConnectionLost, openDatabase } from '../store/database.ts';
import { findEpoch } from '../store/epochs.ts';
import { migrate } from '../store/migrate.ts';
import { openWakes } from '../store/wakes.ts';
import { configuredChannels, openChannels, openPostgres, unconfiguredChannels, vapidKeys } from './adapters.ts';
import { openBusEngine } from './bus-engine.ts';
import { openAlarm, openCompanion, openStateStore } from './companion.ts';
import type { Config } from './config.ts';
import { openDatabases } from './databases.ts';
import { givenLogins } from './given-logins.ts';
import { startListening } from './listening.ts';
import { type AnyModule, defineModule } from './module.ts';
import { originOf, requireOrigin } from './public-origin.ts';
import { startRelayTo } from './relay.ts';
import { loadSecret } from './secret.ts';
import { servesSync, type TargetName } from './target-names.ts';

/** Commands of one space wait for its lock, so more than two at once would only hold connections. */
const commandsPerSpaceMax = 2;
const commandsWaitingPerSpaceMax = 1000;

export interface Surroundings {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly version: string;
  /** The folder of the built web application. */
  readonly webFolder: string;
}

const nobody = { client: null, address: null, correlationId: 'provisioning' };

export type ModuleTable = ReturnType<typeof moduleTable>;

export function moduleTable({ config, log, metrics, tracing, version, webFolder }: Surroundings) {
  /** Tests let a process die at a named place; else nothing happens there. */
  const failPoints = config.failPoint ? failPointsAt(config.failPoint) : noFailPoints;

  /** The port that is open: the operating system chooses one where 0 is asked for. */
  let openPort = config.port;
  /** Where people reach the server, for links in messages; null while that is not known. */
  const origin = () => originOf(config, openPort);
  /** Whether what carries events can be reached. */
  let checkCarrier: () => Promise<unknown> = async () => {};
  /** Told to stop, while requests are still taken. */
  let leaving = false;
  const onLag = ({ consumer, lag_events, lag_seconds }: ConsumerLag) => {
    metrics.consumerLag.set({ consumer }, lag_events);
    metrics.consumerLagSeconds.set({ consumer }, lag_seconds);
  };

  const postgres = defineModule('postgres', {}, () => openPostgres(log, config));

  const schema = defineModule('schema', { postgres }, async ({ postgres: { ownerUrl } }) => {
    const secret = config.secret ?? loadSecret(config.dataFolder);
    const given = givenLogins(config);
    const urls = await migrate({ ownerUrl, secret, given, log: (message) => log.info(message) });
    const owner = openDatabase(ownerUrl, { name: 'owner', connectionsMax: 1, onError: () => {} });
    await setRetention(owner.sql, config.auditRetentionDays).finally(() => owner.close());
    return { urls, secret, ...runningUntilStopped() };
  });

  const databases = defineModule('databases', { schema }, ({ schema: { urls } }) => openDatabases(log, metrics, urls));

  const wakeUps = defineModule('wake-ups', { schema }, ({ schema: { urls } }) => {
    const onError = (error: Error) => log.warn({ error }, 'wake-ups are interrupted');
    const wakes = openWakes({ url: urls.worker, onError });
    return { wakes, ...runningUntilStopped(() => wakes.close()) };
  });

  const companion = defineModule('companion', {}, () => openCompanion(log, config));

  /** What carries events between processes. A process that uses none looks at the log alone to say whether it can serve. */
  const engine = defineModule('engine', { databases, wakeUps, companion }, async (needs) => {
    const { databases, wakeUps, companion } = needs;
    const ping = () => databases.worker.sql.rows('select 1 as one');
    const surroundings = { log, metrics, tracing, failPoints, wakes: wakeUps.wakes, companion, ping };
    const opened = await openBusEngine(surroundings, config);
    if (opened.carrier) checkCarrier = opened.carrier.check;
    return opened;
  });

  const state = defineModule('state', { databases, companion }, async ({ databases: { app }, companion }) => {
    const store = await openStateStore(config, companion, app);
    return { store, ...runningUntilStopped() };
  });

  const alarm = defineModule('alarm', { companion }, async ({ companion }) => {
    const alarm = await openAlarm(log, config, companion);
    return { alarm, ...runningUntilStopped(() => alarm.close()) };
  });

  /** The bus as each login that consumes sees it: effects are written with that login's rights. */
  const bus = defineModule('bus', { databases, engine }, ({ databases: { worker, audit }, engine: { busFor } }) => {
    const { watched, ...watch } = startLagWatch(worker, log, { onLag });
    return { worker: watched(busFor(worker)), audit: watched(busFor(audit)), ...watch };
  });

  const commands = defineModule(
    'commands',
    { databases, wakeUps },
    async ({ databases: { app, worker }, wakeUps: { wakes } }) => {
      const epoch = await findEpoch(worker.sql);
      const limits = { runningMax: commandsPerSpaceMax, waitingMax: commandsWaitingPerSpaceMax };
      const shared: Omit<Commands, 'db'> = {
        wakes,
        epoch,
        queue: createKeyedQueue(limits),
        onAppended: (type) => metrics.eventsPublished.inc({ topic: topicOf(type) }),
        tracing,
      };
      return { forPeople: { ...shared, db: app }, forProgram: { ...shared, db: worker }, ...runningUntilStopped() };
    },
  );

  const accounts = defineModule('accounts', { schema, databases, commands }, async (needs) => {
    const { urls, secret } = needs.schema;
    const { publicUrl } = config;
    const { accounts, cookies } = openAccounts(log, { url: urls.auth, secret, publicUrl });
    const { auth } = needs.databases;
    const { forPeople: app, forProgram: worker } = needs.commands;
    const provision = (userId: string) => provisionPerson(worker, programIntent(nobody), userId);
    return {
      deps: { accounts, auth, app, worker, log },
      authenticate: authenticate({ auth, cookies, log, provision }),
      ...runningUntilStopped(() => accounts.close()),
    };
  });

  const edge = defineModule('edge', { databases, accounts, state, companion }, async (needs) => {
    const { app, worker } = needs.databases;
    const http = await buildEdge(log, metrics, needs.accounts.authenticate, {
      ...config,
      version,
      tracing,
      countTogether: sharedAttempts(needs.state.store, log),
      checks: {
        database: () => app.sql.rows('select 1 as one'),
        bus: () => Promise.all([worker.sql.rows('select 1 as one'), checkCarrier()]),
      },
      isUnavailable: isConnectionLost,
      isLeaving: () => leaving,
    });
    // Whoever invokes this process through its sidecar is served as if it had come here, with the rights of the token it brings.
    needs.companion.openable?.mount('/api/', (request, response) => http.routing(request, response));
    return { http, ...runningUntilStopped() };
  });

  const api = defineModule('api', { edge, commands, accounts, state }, async (needs) => {
    const { http } = needs.edge;
    const { deps } = needs.accounts;
    const channelsConfigured = configuredChannels(config);
    const sendsMail = channelsConfigured.email;
    const apiOptions = { ...config, version, channelsConfigured, sendsMail, origin, mayReach: config.webhookReach };
    await http.register(async (app: Edge) => authRoutes(app, deps, apiOptions), { prefix: '/api/auth' });
    await http.register(apiRoutes(deps, apiOptions), { prefix: '/api/v1' });
    if (!servesSync(config.targets)) {
      await http.register(async (app: Edge) => syncElsewhere(app), { prefix: '/api/v1' });
    }
    const presence = async (app: Edge) => presenceRoutes(app, deps.app.db, needs.state.store);
    await http.register(presence, { prefix: '/api/v1' });
    return runningUntilStopped();
  });

  const web = defineModule('web', { edge }, async ({ edge: { http } }) => {
    await http.register(await webRoutes(log, { folder: webFolder }));
    return runningUntilStopped();
  });

  const maintenance = defineModule('maintenance', { accounts, databases }, ({ accounts: { deps }, databases }) =>
    runningTogether([
      startAuthChanges(deps),
      startEmptyTrash(deps),
      startSweepState(databases.worker, log),
      startNightlyReconcile(databases.worker, log, {
        onReport: ({ totals }) => {
          for (const [kind, count] of Object.entries(totals)) metrics.reconciliationFindings.set({ kind }, count);
        },
      }),
      startConsumerWatch(databases.worker, log, {
        onState: onLag,
        onHorizonAge: (age_s) => metrics.eventHorizonAge.set(age_s),
      }),
    ]),
  );

  const audit = defineModule('audit', { bus, databases }, (needs) =>
    startAudit(needs.bus.audit, needs.databases.audit, log),
  );

  const sync = defineModule(
    'sync',
    { edge, databases, wakeUps, commands, state },
    ({ edge: { http }, databases, wakeUps: { wakes }, commands: { forPeople }, state }) =>
      startSync(http, databases, wakes, {
        log,
        state: state.store,
        epoch: forPeople.epoch,
        onError: (error) => log.warn({ error }, 'live sync could not read the database'),
        onConnections: (transport, count) => metrics.syncConnections.set({ transport }, count),
        onDelivered: (event, latency_ms) => {
          metrics.syncDeliveryLatency.observe(latency_ms / 1000);
          traceDelivery(tracing, event);
        },
      }),
  );

  const reminders = defineModule(
    'reminders',
    { commands, bus, databases, wakeUps, alarm },
    ({ commands: { forProgram }, bus: { worker: bus }, wakeUps: { wakes }, alarm: { alarm } }) =>
      startReminders({
        bus,
        alarm,
        worker: forProgram,
        wakes,
        log,
        failPoints,
        unconfigured: unconfiguredChannels(config),
        onFired: ({ lateness, decided }) => {
          for (const { channel, state } of decided) if (state !== 'planned') metrics.deliveries.inc({ channel, state });
          metrics.remindersFired.inc(lateness.length);
          for (const late_ms of lateness) metrics.reminderLateness.observe(late_ms / 1000);
        },
        onDue: (count) => metrics.remindersDue.set(count),
      }),
  );

  const recurrence = defineModule(
    'recurrence',
    { bus, commands },
    ({ bus: { worker: workerBus }, commands: { forProgram } }) =>
      startRecurrence(workerBus, { worker: forProgram, log, failPoints }),
  );

  const notifications = defineModule(
    'notifications',
    { schema, databases, wakeUps, commands, accounts },
    async ({ schema: { urls }, databases, wakeUps: { wakes }, commands: { forProgram }, accounts: { deps } }) => {
      requireOrigin(config);
      return startNotifications(
        {
          ...{ commands: forProgram, log, wakes, failPoints, origin },
          prepareReset: (address) => prepareResetMail(deps, address, { origin: origin() }),
          workerUrl: urls.worker,
          onHandedOver({ channel, outcome, lateness_s }) {
            metrics.deliveryAttempts.inc({ channel, outcome });
            if (lateness_s !== null) metrics.deliveryLateness.observe({ channel }, lateness_s);
          },
          onRecorded: (channel, state) => metrics.deliveries.inc({ channel, state }),
          onCircuits: (channel, inTrouble) => metrics.deliveryCircuits.set({ channel }, inTrouble),
        },
        openChannels(config, await vapidKeys(databases.worker)),
      );
    },
  );

  const relay = defineModule(
    'relay',
    { schema, wakeUps, engine },
    ({ schema: { urls }, wakeUps: { wakes }, engine: { carrier } }) =>
      startRelayTo(carrier, { log, metrics, tracing, failPoints, wakes, workerUrl: urls.worker }),
  );

  const parts = { api, web, sync, audit, notifications, maintenance, reminders, recurrence, relay };
  const all = defineModule('all', parts, () => runningUntilStopped());

  /** Opens when all have said what they answer to the sidecar, and is the first to stop: nothing more is delivered to who leaves. */
  const called = defineModule('called', { companion }, async ({ companion: { openable } }) =>
    openable ? openable.open() : runningUntilStopped(),
  );

  /** Starts after all others and stops before them: nobody is served by half a program. */
  const listening = defineModule('listening', { edge }, async ({ edge: { http } }) => {
    const started = await startListening(http, config, () => {
      leaving = true;
    });
    openPort = started.port;
    return started;
  });

  const targets = { all, ...parts } satisfies Record<TargetName, AnyModule>;
  return { targets, listening, called };
}

/** The modules of the names in `--target`. Throws OperatorError for a name that is not a target. */
export function wantedModules(table: ModuleTable, names: readonly string[]): AnyModule[] {
  const targets: Record<string, AnyModule> = table.targets;
  const wanted = names.map((name) => {
    const module = Object.hasOwn(targets, name) ? targets[name] : undefined;
    if (module) return module;
    const nearest = nearestName(name, Object.keys(targets));
    const remedy = nearest ? `Did you mean ${nearest}?` : `Choose from ${Object.keys(targets).join(', ')}.`;
    throw new OperatorError(`There is no target ${name}.`, remedy);
  });
  return [...wanted, table.listening, table.called];
}
