/** The smallest pieces of the wire format: ids, instants, dates, zones, text with a limit. */
import { z } from 'zod';

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair; such text is refused at the edge, not by the database. */
const isStorable = (value: string): boolean => !value.includes('\u0000') && value.isWellFormed();

const storable = { error: 'must not contain the NUL character or half of a character' };

/** A line or a page of text: at most `charactersMax` UTF-16 units. */
export const text = (charactersMax: number) => z.string().max(charactersMax).refine(isStorable, storable);

/** A name people see: trimmed, never empty. */
export const label = (charactersMax: number) =>
  z.string().trim().min(1, 'must not be empty').max(charactersMax).refine(isStorable, storable);

/** UUID of any version on the way in (ours are version 7). */
export const Id = z.uuid().meta({ description: 'UUID' });

/** A UUIDv7 made by the client, so that a device can name what it creates while it is offline. */
export const ClientMadeId = z.uuidv7('must be a UUID of version 7');

/** RFC 3339 with any offset on the way in, always UTC on the way out. Years 1900 to 2200. */
export const Instant = z.iso
  .datetime({ offset: true, abort: true })
  .refine((value) => {
    const year = new Date(value).getUTCFullYear();
    return year >= 1900 && year <= 2200;
  }, 'must be between the years 1900 and 2200')
  .meta({ description: 'RFC 3339 instant', examples: ['2026-12-01T08:00:00Z'] });

/** A calendar date without a time: `2026-12-01`. */
export const LocalDate = z.iso
  .date({ abort: true })
  .refine((value) => value >= '1900-01-01' && value <= '2200-12-31', 'must be between the years 1900 and 2200');

/** A time of day without a zone: `09:00`. */
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00');

/** The zone names this runtime knows, the canonical ones and UTC. */
const isZone = (value: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return !/^[+-]/.test(value);
  } catch {
    return false;
  }
};

/** An IANA time zone name: `Europe/Berlin`. */
export const Zone = z
  .string()
  .max(64)
  .refine(isZone, 'must be an IANA time zone such as Europe/Berlin')
  .meta({ examples: ['Europe/Berlin', 'UTC'] });

/** Eight colours that the interface draws for light and dark, by name. */
export const Colour = z.enum(['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'grey']);

/** Place among siblings: a fractional index, compared byte by byte. */
export const Position = z.string().regex(/^[0-9A-Za-z]{1,100}$/, 'must be a fractional index');

/** The version of the last event on a resource, also its ETag. */
export const Version = z.int().min(1);
