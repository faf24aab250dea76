/**
 * What is done now and then for every connection: asking whether it is still there, whether it still may be, and whether a slow
 * one reads again. One timer for all, and each tick serves its share of them, so that thousands never come due at once.
 */
import { closeCodes, pingEvery_ms } from '@daymark/core/contract/sync-protocol.ts';
import { resynchroniseMissed } from './channel.ts';
import { type Connection, hasCaughtUp } from './connection.ts';
import type { Registry } from './registry.ts';

export const tickDefault_ms = 1000;
const pingEveryTicks = pingEvery_ms / tickDefault_ms;
/** So many pings in a row may stay without an answer. */
const pingsUnansweredMax = 2;
const reviewEveryTicks = 30;
const pollEveryTicks = 5;
const helloPatienceTicks = 10;
/** A client that reads too slowly for so long is sent away. */
const slowPatienceTicks = 20;

export interface UpkeepTasks {
  /** Ends it with a close code. */
  end(connection: Connection, code: number, reason: string): void;
  /** Ends it at once; what waits for it is let go. */
  cutOff(connection: Connection): void;
  review(personIds: Iterable<string>): void;
  poll(): void;
}

/** Starts the timer; answers how to stop it. */
export function startUpkeep(registry: Registry, tasks: UpkeepTasks, options: { tick_ms: number }): () => void {
  const { tick_ms } = options;
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (registry.channels.size > 0 && ticks % pollEveryTicks === 0) tasks.poll();
    const due: string[] = [];
    const now_ms = Date.now();
    for (const connection of registry.connections) {
      const turn = ticks + connection.ordinal;
      if (connection.slowSince_ms !== null) lookAtSlow(connection, tasks, now_ms - slowPatienceTicks * tick_ms);
      if (connection.state === 'new' && connection.openedAt_ms < now_ms - helloPatienceTicks * tick_ms) {
        tasks.end(connection, closeCodes.silent, 'no hello came');
      }
      if (turn % pingEveryTicks === 0) ping(connection, tasks);
      if (turn % reviewEveryTicks === 0) due.push(connection.personId);
    }
    tasks.review(due);
  }, tick_ms);
  timer.unref();
  return () => clearInterval(timer);
}

function lookAtSlow(connection: Connection, tasks: UpkeepTasks, tooLongAgo_ms: number): void {
  if (hasCaughtUp(connection)) {
    connection.slowSince_ms = null;
    resynchroniseMissed(connection);
  } else if ((connection.slowSince_ms ?? 0) < tooLongAgo_ms) {
    tasks.cutOff(connection);
  }
}

function ping(connection: Connection, tasks: UpkeepTasks): void {
  const { transport, socket } = connection;
  if (!transport.answersPings && transport.bufferedBytes(socket) === 0) connection.pingsUnanswered = 0;
  if (connection.pingsUnanswered >= pingsUnansweredMax) {
    tasks.cutOff(connection);
    return;
  }
  connection.pingsUnanswered += 1;
  connection.framesReceived = 0;
  transport.ping(socket);
}
