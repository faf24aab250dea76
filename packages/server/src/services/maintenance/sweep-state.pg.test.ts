import { expect, it, onTestFinished } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { openLog } from '../../kit/log.ts';
import { openDatabase } from '../../store/database.ts';
import { startSweepState } from './sweep-state.ts';

it('empties the table of what has expired, batch after batch, and keeps the rest', async () => {
  const database = await testDatabase();
  const worker = openDatabase(database.urls.worker, { name: 'worker', connectionsMax: 2, onError: () => {} });
  const { log } = openLog({ level: 'silent', service: 'test' });
  await worker.sql.count(
    `insert into state_entries (key, value, etag, expires_at)
     select 'old:' || number, '1'::jsonb, gen_random_uuid(), now() - interval '1 second' from generate_series(1, 1200) number
     union all select 'young', '1'::jsonb, gen_random_uuid(), now() + interval '1 hour'
     union all select 'for ever', '1'::jsonb, gen_random_uuid(), null`,
  );
  const running = startSweepState(worker, log);
  onTestFinished(async () => {
    await running.stop();
    await worker.close();
    await database.close();
  });
  const keys = async () =>
    (await worker.sql.rows<{ key: string }>('select key from state_entries order by key')).map(({ key }) => key);
  await expect.poll(keys, { timeout: 10_000 }).toEqual(['for ever', 'young']);
});
