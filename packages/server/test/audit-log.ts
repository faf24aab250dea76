/** An audit log that is up to date, for tests: the module runs on the login `audit` until everything is filed. */
import { createPostgresBus } from '../src/adapters/bus-postgres/postgres-bus.ts';
import { openLog } from '../src/kit/log.ts';
import type { Running } from '../src/kit/running.ts';
import { startAudit } from '../src/services/audit/audit-module.ts';
import { until } from './bus-effects.ts';
import type { Spine } from './fixtures.ts';

const { log } = openLog({ level: 'silent', service: 'test' });

export function runAudit(spine: Spine): Promise<Running> {
  const bus = createPostgresBus(spine.databases.audit, spine.wakes, log, { onHandled: () => {} });
  return startAudit(bus, spine.databases.audit, log);
}

/** Waits until every event has its entry. */
export function untilFiled(spine: Spine): Promise<void> {
  return until('every event is filed', async () => {
    const [row] = await spine.databases.owner.sql.rows<{ unfiled: number }>(
      `select count(*) as unfiled from events e
       where not exists (select from audit.entries a where a.event_id = e.event_id)`,
    );
    return row?.unfiled === 0;
  });
}

/** Files what there is and ends. */
export async function fileAll(spine: Spine): Promise<void> {
  const running = await runAudit(spine);
  await untilFiled(spine);
  await running.stop();
}
