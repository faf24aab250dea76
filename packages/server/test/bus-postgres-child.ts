/** A consumer of the engine postgres in a process of its own. */
import { createPostgresBus } from '../src/adapters/bus-postgres/postgres-bus.ts';
import { openLog } from '../src/kit/log.ts';
import { openDatabase } from '../src/store/database.ts';
import { childTask, runChild } from './bus-child.ts';

const task = childTask();
const db = openDatabase(task.url, { name: 'child', connectionsMax: 4, onError: () => {} });
const { log } = openLog({ level: 'silent', service: 'child' });
const pace = { poll_ms: 20, standBy_ms: 20, handOverTimeout_ms: 600_000 };
runChild(createPostgresBus(db, { subscribe: () => () => {} }, log, { onHandled: () => {}, pace }), task);
