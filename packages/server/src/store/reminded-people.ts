/** People as their reminders have to know them. */
import type { RemindedPerson } from '@daymark/core/reminders/moment.ts';
import type { Sql } from './sql.ts';

export interface ReminderOwner extends RemindedPerson {
  readonly id: string;
  /** Where the person's reminders lie. */
  readonly space_id: string;
}

const ownerColumns = `people.id, spaces.id as space_id, people.timezone, people.all_day_reminder_time, people.quiet_hours,
  people.default_reminder_minutes`;

/** The owners of reminders; absent where the personal space is not made yet. */
export async function findOwners(sql: Sql, personIds: readonly string[]): Promise<Map<string, ReminderOwner>> {
  const rows = await sql.rows<ReminderOwner>(
    `select ${ownerColumns} from people join spaces on spaces.created_by = people.id and spaces.kind = 'personal'
     where people.id = any(array(select unnest($1::uuid[])))`,
    [personIds],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
