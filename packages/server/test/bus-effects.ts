/** The effect that the tests of the bus look at: one row for each time a handler's transaction was committed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEvent } from '@daymark/core/contract/event.ts';
import type { Database } from '../src/store/database.ts';
import type { Sql } from '../src/store/sql.ts';

export interface Effect {
  consumer: string;
  event_id: string;
  space_id: string;
  version: number;
}

/** No unique constraint, so that an effect that happened twice is seen. */
export async function createEffects(owner: Database): Promise<void> {
  await owner.sql.dynamicRows(`create table bus_effects (
    place bigint generated always as identity, consumer text, event_id uuid, space_id uuid, version bigint)`);
  await owner.sql.dynamicRows('grant select, insert on bus_effects to daymark_worker');
}

export async function writeEffect(tx: Sql, consumer: string, event: LogEvent): Promise<void> {
  await tx.rows('insert into bus_effects (consumer, event_id, space_id, version) values ($1, $2, $3, $4)', [
    consumer,
    event.event_id,
    event.space_id,
    event.version,
  ]);
}

/** The effects of a consumer in the order in which they were written. */
export function effectsOf(owner: Database, consumer: string): Promise<Effect[]> {
  return owner.sql.rows<Effect>(
    'select consumer, event_id, space_id, version from bus_effects where consumer = $1 order by place',
    [consumer],
  );
}

const patience_ms = 30_000;
const look_ms = 10;

/** Waits until the check answers true; fails with `what` when it takes far longer than it should. */
export async function until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + patience_ms;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(look_ms);
  }
}
