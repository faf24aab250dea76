/** People: the profile of each, which the members of their spaces may see the name and address of. */
import type { Me } from '@daymark/core/contract/person.ts';
import type { Sql } from './sql.ts';

/** A person as sync frames and events show it; whether an account is an administrator's is not part of the profile. */
export type Profile = Omit<Me, 'is_administrator'>;

const profileColumns = `people.id, people.email, people.name, people.timezone, people.locale, people.week_start,
  people.default_reminder_minutes, people.all_day_reminder_time, people.quiet_hours, people.digest_time, people.phone_number,
  people.channels,
  (select spaces.id from spaces where spaces.created_by = people.id and spaces.kind = 'personal') as personal_space_id,
  people.created_at`;

export async function findProfile(sql: Sql, personId: string): Promise<Profile | undefined> {
  const rows = await sql.rows<Profile>(`select ${profileColumns} from people where id = $1`, [personId]);
  return rows[0];
}

/** Writes all fields of a profile that a person may change. */
export function updateProfile(sql: Sql, profile: Profile, now: string): Promise<number> {
  return sql.count(
    `update people set name = $2, timezone = $3, locale = $4, week_start = $5, default_reminder_minutes = $6,
       all_day_reminder_time = $7, quiet_hours = $8, channels = $9, updated_at = $10, digest_time = $11, phone_number = $12
     where id = $1`,
    [
      profile.id,
      profile.name,
      profile.timezone,
      profile.locale,
      profile.week_start,
      profile.default_reminder_minutes,
      profile.all_day_reminder_time,
      profile.quiet_hours,
      profile.channels,
      now,
      profile.digest_time,
      profile.phone_number,
    ],
  );
}

/** The zone a person is in; undefined where there is no such person. */
export async function zoneOfPerson(sql: Sql, personId: string): Promise<string | undefined> {
  const rows = await sql.rows<{ timezone: string }>('select timezone from people where id = $1', [personId]);
  return rows[0]?.timezone;
}
