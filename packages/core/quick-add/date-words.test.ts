/** Dates in other languages than English, on Wednesday, March 11, 2026, in Berlin. */
import { expect, test } from 'vitest';
import { loadDateWords } from './date-words.ts';
import { parseQuickAdd } from './parse.ts';

const read = async (locale: string, line: string) => {
  const dateWords = await loadDateWords(locale);
  const { title, due_local } = parseQuickAdd(line, {
    now: '2026-03-11T10:15',
    timezone: 'Europe/Berlin',
    locale,
    dateWords,
  });
  return [title, due_local];
};

test.each([
  ['de', 'Blumen gießen morgen um 9 Uhr', 'Blumen gießen', '2026-03-12T09:00'],
  ['de', 'Blumen gießen am Freitag #Garten', 'Blumen gießen', '2026-03-13'],
  ['de-AT', 'Blumen in 3 Tagen', 'Blumen', '2026-03-14'],
  ['de', 'Blumen mittwoch', 'Blumen', '2026-03-18'],
  ['de', 'Morgen Anna anrufen', 'Anna anrufen', '2026-03-12'],
  ['de', 'Zahlen am 27.03', 'Zahlen', '2026-03-27'],
  ['fr', 'Appeler maman aujourd’hui à 17h', 'Appeler maman', '2026-03-11T17:00'],
  ['es', 'Regar plantas mañana a las 9', 'Regar plantas', '2026-03-12T09:00'],
  ['es', 'Regar el viernes', 'Regar', '2026-03-13'],
  ['fr', 'Arroser le 27 mars', 'Arroser', '2026-03-27'],
  ['fr', 'Appeler lundi prochain', 'Appeler', '2026-03-16'],
  ['zh', '明天浇花', '浇花', '2026-03-12'],
  ['zh-CN', '浇花 明天上午9点', '浇花', '2026-03-12T09:00'],
  ['zh', '3月27日交房租', '交房租', '2026-03-27'],
  ['fr', 'Arroser tomorrow', 'Arroser', '2026-03-12'],
])('%s: %s', async (locale, line, title, due) => {
  expect(await read(locale, line)).toEqual([title, due]);
});

test.each([
  ['de', 'Karten für Freitag'],
  ['de', 'guten Morgen'],
  ['de', 'Mark anrufen'],
  ['de', 'Blumen "morgen"'],
  ['de', 'Arbeiten bis Montag'],
  ['es', 'Ir al mar'],
  ['es', 'Entradas para el viernes'],
  ['fr', 'billets pour vendredi'],
  ['fr', 'voir la mer'],
  ['zh', '星期五的会议'],
  ['de', 'morgen'],
])('%s: nothing is eaten of %s', async (locale, line) => {
  expect(await read(locale, line)).toEqual([line, null]);
});

test('English needs no words from elsewhere', async () => {
  expect(await loadDateWords('en-GB')).toBeNull();
});

test('numeric dates follow the locale, and the other order is told', () => {
  const on = (locale: string) => {
    const { due_on, alternatives } = parseQuickAdd('Pay 4/5', { now: '2026-03-11T10:15', timezone: 'UTC', locale });
    return [due_on, alternatives[0]?.due_local];
  };
  expect(on('en-US')).toEqual(['2026-04-05', '2026-05-04']);
  expect(on('en-GB')).toEqual(['2026-05-04', '2026-04-05']);
  expect(on('fr')).toEqual(['2026-05-04', '2026-04-05']);
  expect(on('zh-CN')).toEqual(['2026-04-05', '2026-05-04']);
});
