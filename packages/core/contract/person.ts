/** People: the profile, sessions and API tokens of the one who asks. */
import { z } from 'zod';
import { Id, Instant, label, TimeOfDay, Zone } from './primitives.ts';

export const Locale = z
  .string()
  .max(35)
  .refine((value) => {
    try {
      return Intl.getCanonicalLocales(value).length === 1;
    } catch {
      return false;
    }
  }, 'must be a BCP 47 language tag such as de-DE');

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const profile = {
  name: label(100),
  timezone: Zone,
  locale: Locale,
  week_start: z.enum(weekdays),
  /** Minutes before the due time; null for no reminder unless asked for. */
  default_reminder_minutes: z.int().min(0).max(40_320).nullable(),
  /** The hour at which all-day tasks remind. */
  all_day_reminder_time: TimeOfDay,
  quiet_hours: z.strictObject({ start: TimeOfDay, end: TimeOfDay }).nullable(),
  /** The local time at which the daily digest is sent by e-mail; null for none. */
  digest_time: TimeOfDay.nullable(),
  /** Where text messages go: E.164. */
  phone_number: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'must be an international number such as +4915112345678')
    .nullable(),
  channels: z.strictObject({
    in_app: z.boolean(),
    web_push: z.boolean(),
    email: z.boolean(),
    sms: z.boolean(),
    webhook: z.boolean(),
  }),
};

export const Me = z
  .object({
    id: Id,
    email: z.string(),
    ...profile,
    name: z.string(),
    personal_space_id: Id,
    is_administrator: z.boolean(),
    created_at: z.string(),
  })
  .meta({ id: 'Me' });

export const MeChange = z
  .strictObject({ ...profile, channels: profile.channels.partial() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'name at least one field to change')
  .meta({ id: 'MeChange' });

export const Scope = z.enum(['tasks:read', 'tasks:write', 'audit:read', 'admin']);
export type Scope = z.infer<typeof Scope>;

export const Token = z
  .object({
    id: Id,
    name: z.string(),
    scopes: z.array(Scope),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
    /** The secret itself: only in the answer that creates it. */
    token: z.string().optional(),
  })
  .meta({ id: 'Token' });

export const TokenCreate = z
  .strictObject({ name: label(100), scopes: z.array(Scope).min(1).max(4), expires_at: Instant.nullable().optional() })
  .meta({ id: 'TokenCreate' });

export const Session = z
  .object({
    id: Id,
    current: z.boolean(),
    client: z.string().nullable(),
    address: z.string().nullable(),
    created_at: z.string(),
    last_used_at: z.string(),
    expires_at: z.string(),
  })
  .meta({ id: 'Session' });

export type Me = z.infer<typeof Me>;
export type MeChange = z.infer<typeof MeChange>;
export type Token = z.infer<typeof Token>;
export type Session = z.infer<typeof Session>;
