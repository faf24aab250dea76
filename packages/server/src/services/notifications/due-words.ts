/** When something is due, in words, as a person in a zone and of a language reads it. Pure. */

interface Phrases {
  readonly due: (when: string) => string;
  readonly wasDue: (when: string) => string;
  readonly at: (day: string, time: string) => string;
  readonly today: string;
  readonly tomorrow: string;
  readonly yesterday: string;
  readonly late: (when: string) => string;
}

const english: Phrases = {
  due: (when) => `Due ${when}.`,
  wasDue: (when) => `Was due ${when}.`,
  at: (day, time) => `${day} at ${time}`,
  today: 'today',
  tomorrow: 'tomorrow',
  yesterday: 'yesterday',
  late: (when) => `This reminder comes late: it was meant for ${when}.`,
};

/** By language; every other language reads English, with dates of its own. */
const phrases: Readonly<Record<string, Phrases>> = {
  en: english,
  de: {
    due: (when) => `Fällig ${when}.`,
    wasDue: (when) => `War fällig ${when}.`,
    at: (day, time) => `${day} um ${time}`,
    today: 'heute',
    tomorrow: 'morgen',
    yesterday: 'gestern',
    late: (when) => `Diese Erinnerung kommt verspätet: sie war gedacht für ${when}.`,
  },
  fr: {
    due: (when) => `Échéance : ${when}.`,
    wasDue: (when) => `L’échéance était : ${when}.`,
    at: (day, time) => `${day} à ${time}`,
    today: 'aujourd’hui',
    tomorrow: 'demain',
    yesterday: 'hier',
    late: (when) => `Ce rappel arrive en retard : il était prévu pour ${when}.`,
  },
  es: {
    due: (when) => `Vence ${when}.`,
    wasDue: (when) => `Venció ${when}.`,
    at: (day, time) => `${day} a las ${time}`,
    today: 'hoy',
    tomorrow: 'mañana',
    yesterday: 'ayer',
    late: (when) => `Este recordatorio llega tarde: era para ${when}.`,
  },
};

/** A reminder at the due time itself arrives a moment after it. */
const over_ms = 60_000;

export interface Reader {
  readonly timezone: string;
  /** BCP 47 */
  readonly locale: string;
}

export interface DueThing {
  /** RFC 3339, or null for all-day and undated tasks. */
  readonly due_at: string | null;
  readonly due_on: string | null;
  readonly remind_at: string | null;
  readonly late: boolean;
}

/** One or two sentences; empty for what has no due date and is not late. `now` is an instant. */
export function dueInWords(thing: DueThing, reader: Reader, now: string): string {
  const words = phrases[reader.locale.split('-', 1)[0]?.toLowerCase() ?? ''] ?? english;
  const today = dayOf(now, reader.timezone);
  const moment = (instant: string) =>
    words.at(dayInWords(dayOf(instant, reader.timezone), today, reader, words), timeInWords(instant, reader));
  const sentences: string[] = [];
  if (thing.due_at !== null) {
    const isOver = Date.parse(now) - Date.parse(thing.due_at) > over_ms;
    sentences.push((isOver ? words.wasDue : words.due)(moment(thing.due_at)));
  } else if (thing.due_on !== null) {
    const day = Temporal.PlainDate.from(thing.due_on);
    const isOver = Temporal.PlainDate.compare(day, today) < 0;
    sentences.push((isOver ? words.wasDue : words.due)(dayInWords(day, today, reader, words)));
  }
  if (thing.late && thing.remind_at !== null) sentences.push(words.late(moment(thing.remind_at)));
  return sentences.join(' ');
}

const dayOf = (instant: string, timezone: string): Temporal.PlainDate =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(timezone).toPlainDate();

function dayInWords(day: Temporal.PlainDate, today: Temporal.PlainDate, reader: Reader, words: Phrases): string {
  const away = today.until(day, { largestUnit: 'days' }).days;
  if (away === 0) return words.today;
  if (away === 1) return words.tomorrow;
  if (away === -1) return words.yesterday;
  return day.toLocaleString(reader.locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(day.year === today.year ? {} : { year: 'numeric' }),
  });
}

const timeInWords = (instant: string, { timezone, locale }: Reader): string =>
  new Date(instant).toLocaleTimeString(locale, { timeZone: timezone, timeStyle: 'short' });
