/**
 * Fires reminders when they are due, by PostgreSQL's clock. It sets an alarm for the nearest moment; what is planned earlier than that
 * rings it, and a poll every second is the net: no ring is relied on. Work goes in rounds: in each, every space that has something due gets its share, the one that
 * waits longest first, so that a person with ten thousand reminders keeps nobody waiting.
 */

import type { ChannelName } from '@daymark/core/contract/notification.ts';
import type { Commands } from '../../commands/command.ts';
import { type Firing, fireDue } from '../../commands/fire-reminders.ts';
import type { FailPoints } from '../../kit/fail-point.ts';
import type { Log } from '../../kit/log.ts';
import { type NextTurn, startWorkLoop, usualLoop, type WorkLoop } from '../../kit/work-loop.ts';
import type { Alarm } from '../../ports/alarm.ts';
import { isTransient } from '../../store/database.ts';
import { type DueSpace, nextDueIn, spacesWithDue } from '../../store/reminders.ts';

/** A round looks at so many of what is due longest. */
const dueSeenMax = 50_000;
/** A transaction fires so many reminders, of so many spaces, of each so many. */
const perBatchMax = 500;
const spacesPerBatchMax = 100;
const perSpaceMax = 100;
/** While PostgreSQL works on one, the next is made ready. */
const batchesAtOnce = 2;
/** What came since the round began waits so long at most. */
const roundMax_ms = 2_000;
/** A space in which firing failed is left alone so long; while it is, others are looked for so often. */
const rest_ms = 5_000;
const restingPause_ms = 200;
/** While somebody else is writing in the only spaces that have something due. */
const busyPause_ms = 10;

export interface SweeperDeps {
  /** Commands on the worker login. */
  readonly worker: Commands;
  readonly log: Log;
  readonly failPoints: FailPoints;
  readonly alarm: Alarm;
  /** Channels that this installation cannot send by. */
  readonly unconfigured: ReadonlySet<ChannelName>;
  /** Told of each batch after its commit. */
  readonly onFired: (firing: Firing) => void;
  /** Told at each round how many reminders are due. */
  readonly onDue: (count: number) => void;
}

export function startSweeper(deps: SweeperDeps): WorkLoop {
  const memory: Memory = { busyBefore: new Set(), restingUntil: new Map() };
  const loop = startWorkLoop(deps.log, { name: 'reminders', ...usualLoop }, () => turn(deps, memory));
  const unsubscribe = deps.alarm.onRing('reminders', loop.ring);
  return {
    ...loop,
    async stop() {
      unsubscribe();
      await loop.stop();
    },
  };
}

/** What one round leaves to the next. */
export interface Memory {
  /** Spaces in which somebody was writing: the second time they are waited for. */
  readonly busyBefore: Set<string>;
  /** Spaces in which firing failed, with the time by the process's steady clock at which they are tried again. */
  readonly restingUntil: Map<string, number>;
}

/** One round, or nothing. */
export async function turn(deps: SweeperDeps, memory: Memory): Promise<NextTurn> {
  const { busyBefore, restingUntil } = memory;
  const due_ms = await nextDueIn(deps.worker.db.sql);
  if (due_ms === null || due_ms > 0) deps.onDue(0);
  if (due_ms === null || due_ms > 0) {
    if (due_ms === null) deps.alarm.clear('reminders');
    else deps.alarm.set('reminders', Math.ceil(due_ms));
    return { when: 'rung' };
  }
  for (const [id, until] of restingUntil) if (until <= performance.now()) restingUntil.delete(id);
  const due = await spacesWithDue(deps.worker.db.sql, dueSeenMax);
  const spaces = due.filter((space) => !restingUntil.has(space.space_id));
  const dueIn = new Set(spaces.map((space) => space.space_id));
  for (const id of busyBefore) if (!dueIn.has(id)) busyBefore.delete(id);
  deps.onDue(spaces.reduce((sum, space) => sum + space.reminders, 0));
  const until = performance.now() + roundMax_ms;
  let settled = 0;
  const batches = batchesOf(spaces, busyBefore);
  /** Takes batch after batch; several do so at once, in different spaces. */
  async function work(): Promise<void> {
    for (const batch of batches) {
      const count = await fireBatch(deps, batch, memory);
      settled += count;
      if (performance.now() > until) break;
    }
  }
  // A turn is over when nothing of it is at work any more, also where a batch failed.
  const outcomes = await Promise.allSettled(Array.from({ length: batchesAtOnce }, work));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  if (settled === 0 && restingUntil.size > 0) return { when: 'in', pause_ms: restingPause_ms };
  return settled === 0 && busyBefore.size > 0 ? { when: 'in', pause_ms: busyPause_ms } : { when: 'now' };
}

/** Answers how many reminders are not due any more. */
async function fireBatch(deps: SweeperDeps, batch: Batch, memory: Memory): Promise<number> {
  try {
    return await fireTogether(deps, batch, memory.busyBefore);
  } catch (error) {
    if (isTransient(error)) throw error;
    const [only, ...others] = batch.spaceIds;
    if (only !== undefined && others.length === 0) {
      deps.log.error({ error, space_id: only }, 'reminders of a space could not be fired; they are tried again');
      memory.restingUntil.set(only, performance.now() + rest_ms);
      return 0;
    }
  }
  // One of them fails: each alone, so that it keeps nobody else waiting.
  let settled = 0;
  for (const id of batch.spaceIds) settled += await fireBatch(deps, { spaceIds: [id], waits: false }, memory);
  return settled;
}

async function fireTogether(deps: SweeperDeps, batch: Batch, busyBefore: Set<string>): Promise<number> {
  const firing = await fireDue(deps.worker, batch.spaceIds, {
    perSpaceMax,
    max: perBatchMax,
    waits: batch.waits,
    unconfigured: deps.unconfigured,
    claimed: () => deps.failPoints.at('reminders:claimed'),
  });
  deps.failPoints.at('reminders:fired');
  deps.onFired(firing);
  for (const id of batch.spaceIds) busyBefore.delete(id);
  for (const id of firing.busy) busyBefore.add(id);
  return firing.settled;
}

interface Batch {
  readonly spaceIds: string[];
  /** Whether the spaces were busy before. */
  readonly waits: boolean;
}

/** Cuts spaces into transactions; those that are waited for stand alone, so that nobody waits with them. */
function* batchesOf(spaces: readonly DueSpace[], busy: ReadonlySet<string>): Iterable<Batch> {
  const busyBefore = new Set(busy);
  let spaceIds: string[] = [];
  let reminders = 0;
  for (const space of spaces) {
    if (busyBefore.has(space.space_id)) {
      yield { spaceIds: [space.space_id], waits: true };
      continue;
    }
    const share = Math.min(space.reminders, perSpaceMax);
    if (spaceIds.length === spacesPerBatchMax || (spaceIds.length > 0 && reminders + share > perBatchMax)) {
      yield { spaceIds, waits: false };
      spaceIds = [];
      reminders = 0;
    }
    spaceIds.push(space.space_id);
    reminders += share;
  }
  if (spaceIds.length > 0) yield { spaceIds, waits: false };
}
