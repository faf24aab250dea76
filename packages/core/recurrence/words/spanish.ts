import type { Phrases } from './phrases.ts';

const units = {
  SECONDLY: ['segundo', 'segundos'],
  MINUTELY: ['minuto', 'minutos'],
  HOURLY: ['hora', 'horas'],
  DAILY: ['día', 'días'],
  WEEKLY: ['semana', 'semanas'],
  MONTHLY: ['mes', 'meses'],
  YEARLY: ['año', 'años'],
} as const;

export const spanish: Phrases = {
  joined: (parts) => parts.join(' '),
  comma: ', ',
  every: (freq, interval) => (interval === 1 ? `cada ${units[freq][0]}` : `cada ${interval} ${units[freq][1]}`),
  everyWorkday: 'cada día laborable',
  onWorkdays: 'de lun a vie',
  on: (list) => `el ${list}`,
  inMonths: (list) => `en ${list}`,
  dayOfMonth: (day) => (day > 0 ? `día ${day}` : `${place(day)} día`),
  dayOfYear: (day) => `${place(day)} día del año`,
  nthWeekday: (nth, weekday) => `${place(nth)} ${weekday}`,
  everyWeekday: (weekday) => weekday,
  ofYear: 'del año',
  ifWeekday: (list) => `si es ${list}`,
  week: (number) => (number > 0 ? `la semana ${number}` : `la ${-number}.ª semana desde el final`),
  inWeeks: (list) => `en ${list}`,
  position: place,
  chosen: (list) => `(solo el ${list} de ellos)`,
  nthWorkday: (nth) => `${place(nth)} día laborable`,
  clamped: (day) => `${day} o último día`,
  at: (list) => `a las ${list}`,
  inHours: (list) => `en las horas ${list}`,
  atMinutes: (list) => `en el minuto ${list}`,
  atSeconds: (list) => `en el segundo ${list}`,
  until: (date) => `hasta el ${date}`,
  times: (count) => (count === 1 ? 'una vez' : `${count} veces`),
  afterDone: (words) => `${words} después de completarla`,
};

function place(number: number): string {
  if (number > 0) return `${number}.º`;
  return number === -1 ? 'último' : number === -2 ? 'penúltimo' : `${-number}.º último`;
}
