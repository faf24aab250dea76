/** A process that sends webhooks and kills itself at a fail point. Arguments: urls of the logins as JSON, the name of the fail point. */
import { randomUUID } from 'node:crypto';
import { webhookChannel, webhookLimits } from '../src/adapters/webhook/webhook-channel.ts';
import { failPointsAt } from '../src/kit/fail-point.ts';
import { guardedPosts } from '../src/kit/guarded-fetch.ts';
import { createKeyedQueue } from '../src/kit/keyed-queue.ts';
import { openLog } from '../src/kit/log.ts';
import { publicAndPrivateAddresses } from '../src/kit/safe-address.ts';
import { noTracing } from '../src/kit/tracing.ts';
import { startNotifications } from '../src/services/notifications/notifications-module.ts';
import { openDatabase } from '../src/store/database.ts';
import { findEpoch } from '../src/store/epochs.ts';
import { openWakes } from '../src/store/wakes.ts';

const [url = '', failPoint = ''] = process.argv.slice(2);
const db = openDatabase(url, { name: `child ${randomUUID().slice(0, 8)}`, connectionsMax: 5, onError: () => {} });
const wakes = openWakes({ url, onError: () => {} });
const { log } = openLog({ level: 'silent', service: 'test' });
const queue = createKeyedQueue({ runningMax: 2, waitingMax: 100 });
await startNotifications(
  {
    commands: { db, wakes, queue, epoch: await findEpoch(db.sql), onAppended: () => {}, tracing: noTracing },
    ...{ log, wakes, workerUrl: url, origin: () => 'https://tasks.example.org' },
    failPoints: failPointsAt({ name: failPoint, passing: 1 }),
    onHandedOver: () => {},
    onRecorded: () => {},
    onCircuits: () => {},
    prepareReset: async () => null,
  },
  { webhook: webhookChannel(guardedPosts(publicAndPrivateAddresses, webhookLimits)) },
);
