import type { Phrases } from './phrases.ts';

const units = {
  SECONDLY: ['chaque seconde', 'toutes les', 'secondes'],
  MINUTELY: ['chaque minute', 'toutes les', 'minutes'],
  HOURLY: ['chaque heure', 'toutes les', 'heures'],
  DAILY: ['chaque jour', 'tous les', 'jours'],
  WEEKLY: ['chaque semaine', 'toutes les', 'semaines'],
  MONTHLY: ['chaque mois', 'tous les', 'mois'],
  YEARLY: ['chaque année', 'tous les', 'ans'],
} as const;

export const french: Phrases = {
  joined: (parts) => parts.join(' '),
  comma: ', ',
  every: (freq, interval) => (interval === 1 ? units[freq][0] : `${units[freq][1]} ${interval} ${units[freq][2]}`),
  everyWorkday: 'chaque jour ouvré',
  onWorkdays: 'du lun. au ven.',
  on: (list) => `le ${list}`,
  inMonths: (list) => `en ${list}`,
  dayOfMonth: (day) => (day > 1 ? `${day}` : day === 1 ? '1er' : `${place(day)} jour`),
  dayOfYear: (day) => `${place(day)} jour de l’année`,
  nthWeekday: (nth, weekday) => `${place(nth)} ${weekday}`,
  everyWeekday: (weekday) => weekday,
  ofYear: 'de l’année',
  ifWeekday: (list) => `si c’est un ${list}`,
  week: (number) => (number > 0 ? `semaine ${number}` : `${-number}e semaine avant la fin`),
  inWeeks: (list) => `en ${list}`,
  position: place,
  chosen: (list) => `(seulement le ${list} d’entre eux)`,
  nthWorkday: (nth) => `${place(nth)} jour ouvré`,
  clamped: (day) => `${day} ou dernier jour`,
  at: (list) => `à ${list}`,
  inHours: (list) => `dans la plage ${list}`,
  atMinutes: (list) => `à la minute ${list}`,
  atSeconds: (list) => `à la seconde ${list}`,
  until: (date) => `jusqu’au ${date}`,
  times: (count) => `${count} fois`,
  afterDone: (words) => `${words} après l’avoir faite`,
};

function place(number: number): string {
  if (number > 0) return number === 1 ? '1er' : `${number}e`;
  return number === -1 ? 'dernier' : number === -2 ? 'avant-dernier' : `${-number}e dernier`;
}
