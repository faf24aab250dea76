/** Who asks for a list: in which zone their days begin, and whether they are in the space they name. */
import type { Sql } from '../sql.ts';

export interface Asker {
  timezone: string;
  /** True also when no space is named. */
  isMember: boolean;
}

/** Reads as the person of the transaction. */
export async function findAsker(sql: Sql, spaceId: string | null): Promise<Asker> {
  const [row] = await sql.rows<{ timezone: string; is_member: boolean }>(
    `select timezone, $1::uuid is null or $1::uuid in (select my_spaces()) as is_member
     from people where id = current_person()`,
    [spaceId],
  );
  return { timezone: row?.timezone ?? 'UTC', isMember: row?.is_member ?? false };
}
