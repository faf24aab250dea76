import type { Phrases } from './phrases.ts';

const units = {
  SECONDLY: ['jede Sekunde', 'Sekunden'],
  MINUTELY: ['jede Minute', 'Minuten'],
  HOURLY: ['jede Stunde', 'Stunden'],
  DAILY: ['jeden Tag', 'Tage'],
  WEEKLY: ['jede Woche', 'Wochen'],
  MONTHLY: ['jeden Monat', 'Monate'],
  YEARLY: ['jedes Jahr', 'Jahre'],
} as const;

export const german: Phrases = {
  joined: (parts) => parts.join(' '),
  comma: ', ',
  every: (freq, interval) => (interval === 1 ? units[freq][0] : `alle ${interval} ${units[freq][1]}`),
  everyWorkday: 'jeden Werktag',
  onWorkdays: 'von Mo bis Fr',
  on: (list) => `am ${list}`,
  inMonths: (list) => `im ${list}`,
  dayOfMonth: (day) => (day > 0 ? `${day}.` : `${place(day)} Tag`),
  dayOfYear: (day) => `${place(day)} Tag des Jahres`,
  nthWeekday: (nth, weekday) => `${place(nth)} ${weekday}`,
  everyWeekday: (weekday) => weekday,
  ofYear: 'des Jahres',
  ifWeekday: (list) => `wenn es ein ${list} ist`,
  week: (number) => (number > 0 ? `Woche ${number}` : `der ${place(number)} Woche`),
  inWeeks: (list) => `in ${list}`,
  position: place,
  chosen: (list) => `(nur am ${list} davon)`,
  nthWorkday: (nth) => `${place(nth)} Werktag`,
  clamped: (day) => `${day} oder letzten Tag`,
  at: (list) => `um ${list}`,
  inHours: (list) => `in der Zeit ${list}`,
  atMinutes: (list) => `in Minute ${list}`,
  atSeconds: (list) => `in Sekunde ${list}`,
  until: (date) => `bis ${date}`,
  times: (count) => (count === 1 ? 'einmal' : `${count}-mal`),
  afterDone: (words) => `${words} nach dem Erledigen`,
};

function place(number: number): string {
  if (number > 0) return `${number}.`;
  return number === -1 ? 'letzten' : number === -2 ? 'vorletzten' : `${-number}.-letzten`;
}
