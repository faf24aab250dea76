/** Live sync as a part of the program: its routes on the edge, and the hub behind them. */
import type { Edge } from '../../kit/http/edge.ts';
import { type Running, runningUntilStopped } from '../../kit/running.ts';
import type { Database } from '../../store/database.ts';
import type { Wakes } from '../../store/wakes.ts';
import { createHub, type HubOptions } from './hub.ts';
import { syncRoutes } from './sync-routes.ts';
import { takeUpgrades } from './upgrades.ts';
import { messageBytesMax } from './websocket.ts';

/** Registers the routes under `/api/v1` and takes connections from then on. Stopping sends them away to another process. */
export async function startSync(
  http: Edge,
  db: { app: Database; worker: Database; auth: Database },
  wakes: Wakes,
  options: HubOptions,
): Promise<Running> {
  const hub = createHub(db, wakes, options);
  const upgrades = takeUpgrades(http, { messageBytesMax });
  await http.register(async (app: Edge) => syncRoutes(app, { db: db.app, hub, upgrades }, options), {
    prefix: '/api/v1',
  });
  // The intake ends before the modules stop, and waits for connections to end.
  http.addHook('preClose', () => hub.stop());
  return runningUntilStopped(() => hub.stop());
}
