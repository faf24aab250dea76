/** The daily digest: when it comes, and what it says. */
import { instantOf } from './moment.ts';

/** A section names so many tasks and counts the others. */
export const digestTasksMax = 20;

/** The next time that the clock of the zone shows the time, after an instant. RFC 3339. */
export function nextDigestAt(after: string, digestTime: string, timezone: string): string {
  const now = Temporal.Instant.from(after);
  const today = now.toZonedDateTimeISO(timezone).toPlainDate();
  for (let days = 0; ; days++) {
    const at = today.add({ days }).toZonedDateTime({ timeZone: timezone, plainTime: digestTime });
    if (Temporal.Instant.compare(at.toInstant(), now) > 0) return instantOf(at);
  }
}

/** The day on which an instant lies. */
export const dayOf = (instant: string, timezone: string): string =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(timezone).toPlainDate().toString();

export interface DigestTask {
  readonly title: string;
  readonly due_at: string | null;
  readonly due_on: string | null;
}

export interface Digest {
  readonly title: string;
  /** Lines of text. */
  readonly body: string;
}

/** What a person is told in the morning, of tasks that are due by the end of tomorrow; null when there is nothing to tell. */
export function digestOf(
  tasks: readonly DigestTask[],
  person: { readonly timezone: string; readonly locale: string },
  now: string,
): Digest | null {
  const today = dayOf(now, person.timezone);
  const tomorrow = Temporal.PlainDate.from(today).add({ days: 1 }).toString();
  const sections = { overdue: [] as string[], today: [] as string[], tomorrow: [] as string[] };
  for (const task of tasks) {
    const day = task.due_at === null ? task.due_on : dayOf(task.due_at, person.timezone);
    if (day === null) continue;
    const isPast = task.due_at === null ? day < today : Date.parse(task.due_at) < Date.parse(now);
    if (isPast) sections.overdue.push(`${task.title} (${dayInWords(day, person.locale)})`);
    else if (day === today) sections.today.push(lineOf(task, person));
    else if (day === tomorrow) sections.tomorrow.push(lineOf(task, person));
  }
  const counts = Object.entries(sections).filter(([, lines]) => lines.length > 0);
  if (counts.length === 0) return null;
  return {
    title: `Your tasks: ${counts.map(([name, lines]) => `${lines.length} ${name}`).join(', ')}`,
    body: counts.map(([name, lines]) => sectionOf(name, lines)).join('\n\n'),
  };
}

function sectionOf(name: string, lines: readonly string[]): string {
  const shown = lines.slice(0, digestTasksMax).map((line) => `- ${line}`);
  const more = lines.length - shown.length;
  const heading = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  return [heading, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

function lineOf(task: DigestTask, person: { timezone: string; locale: string }): string {
  if (task.due_at === null) return task.title;
  const time = Temporal.Instant.from(task.due_at).toZonedDateTimeISO(person.timezone).toPlainTime();
  return `${time.toLocaleString(person.locale, { hour: 'numeric', minute: '2-digit' })} ${task.title}`;
}

const dayInWords = (day: string, locale: string): string =>
  Temporal.PlainDate.from(day).toLocaleString(locale, { day: 'numeric', month: 'short' });
