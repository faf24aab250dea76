/** A consumer of the worst carrier in a process of its own. */
import { openLog } from '../src/kit/log.ts';
import { openDatabase } from '../src/store/database.ts';
import { childTask, runChild } from './bus-child.ts';
import { createFedBus } from './bus-fed.ts';

const task = childTask();
const db = openDatabase(task.url, { name: 'child', connectionsMax: 4, onError: () => {} });
const { log } = openLog({ level: 'silent', service: 'child' });
const pace = { handOverTimeout_ms: 600_000 };
runChild(createFedBus(db, log, { onHandled: () => {}, pace, carry: (events) => [events] }), task);
