/** Live sync as a part of the program: its routes on the edge, the hub behind them, and who is connected to it. */
import type { Edge } from '../../kit/http/edge.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import type { StateStore } from '../../ports/state-store.ts';
import type { Database } from '../../store/database.ts';
import type { Wakes } from '../../store/wakes.ts';
import { createHub, type HubOptions } from './hub.ts';
import { startPresence } from './presence.ts';
import { syncRoutes } from './sync-routes.ts';
import { takeUpgrades } from './upgrades.ts';
import { messageBytesMax } from './websocket.ts';

/** Registers the routes under `/api/v1` and takes connections from then on. Stopping sends them away to another process. */
export async function startSync(
  http: Edge,
  db: { app: Database; worker: Database; auth: Database },
  wakes: Wakes,
  options: HubOptions & { log: Log; state: StateStore },
): Promise<Running> {
  const presence = startPresence(options.state, options.log, { devicesOf: (personId) => hub.devicesOf(personId) });
  const hub = createHub(db, wakes, { ...options, onPerson: presence.changed });
  const upgrades = takeUpgrades(http, { messageBytesMax });
  await http.register(async (app: Edge) => syncRoutes(app, { db: db.app, hub, upgrades }, options), {
    prefix: '/api/v1',
  });
  // The intake ends before the modules stop, and waits for connections to end.
  http.addHook('preClose', () => hub.stop());
  return {
    done: presence.done,
    async stop() {
      await hub.stop();
      await presence.stop();
    },
  };
}
