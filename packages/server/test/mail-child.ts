/** A process that makes the text of a mail and kills itself before it is handed over. Argument: the url of the worker login. */
import { smtpChannel } from '../src/adapters/smtp/smtp-channel.ts';
import { noFailPoints } from '../src/kit/fail-point.ts';
import { createKeyedQueue } from '../src/kit/keyed-queue.ts';
import { openLog } from '../src/kit/log.ts';
import { noTracing } from '../src/kit/tracing.ts';
import { startNotifications } from '../src/services/notifications/notifications-module.ts';
import { openDatabase } from '../src/store/database.ts';
import { findEpoch } from '../src/store/epochs.ts';
import { openWakes } from '../src/store/wakes.ts';

const [url = ''] = process.argv.slice(2);
const db = openDatabase(url, { name: 'mail child', connectionsMax: 5, onError: () => {} });
const wakes = openWakes({ url, onError: () => {} });
const { log } = openLog({ level: 'silent', service: 'test' });
const queue = createKeyedQueue({ runningMax: 2, waitingMax: 100 });
const server = { host: '127.0.0.1', port: 9, tls: 'off', login: null } as const;
await startNotifications(
  {
    commands: { db, wakes, queue, epoch: await findEpoch(db.sql), onAppended: () => {}, tracing: noTracing },
    ...{ log, wakes, workerUrl: url, origin: () => 'https://tasks.example.org', failPoints: noFailPoints },
    onHandedOver: () => {},
    onRecorded: () => {},
    onCircuits: () => {},
    async prepareReset() {
      process.kill(process.pid, 'SIGKILL');
      return null;
    },
  },
  { email: smtpChannel({ server, from: { name: 'Daymark', address: 'daymark@example.org' } }) },
);
