import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highlighter } from './highlight.ts';

type Shown = { title?: string; notes?: string; tag_names?: string[] };
const highlights = (search: string, { title = '', notes = '', tag_names = [] }: Shown) =>
  highlighter(search)({ title, notes, tag_names });
const pieces = (content: string, ranges: readonly (readonly [number, number])[]) =>
  ranges.map(([start, end]) => content.slice(start, end));
const inTitle = (search: string, title: string) => pieces(title, highlights(search, { title }).title);

describe('in a title', () => {
  test('whole words are marked, of the last one what was typed', () => {
    expect(inTitle('pay ren', 'Pay the rent, repay')).toEqual(['Pay', 'ren']);
    expect(inTitle('ren pay', 'Pay the rent')).toEqual(['Pay']);
  });

  test('case, accents and spelling of characters do not matter, and ranges are of the original', () => {
    expect(inTitle('cafe', 'Ein CAFÉ')).toEqual(['CAFÉ']);
    expect(inTitle('cafe', 'Ein Cafe\u0301!')).toEqual(['Cafe\u0301']);
    expect(inTitle('strasse', 'In der Straße')).toEqual(['Straße']);
    expect(inTitle('ガス', 'ｶﾞｽ料金')).toEqual(['ｶﾞｽ']);
    expect(inTitle('한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8어')).toEqual(['\u1112\u1161\u11ab\u1100\u116e\u11a8']);
    expect(inTitle('ﬁ', 'Profile file')).toEqual(['fi']);
  });

  test('runs are marked wherever they stand', () => {
    expect(inTitle('京', '東京から京都')).toEqual(['京', '京']);
    expect(inTitle('京都', '東京から京都')).toEqual(['京都']);
    expect(inTitle('🎂', 'Party🎉🎂')).toEqual(['🎂']);
  });

  test('a mistyped word marks what resembles it, but only when it stands nowhere as typed', () => {
    expect(inTitle('meetnig', 'Next meeting')).toEqual(['meeting']);
    expect(inTitle('from', 'from a form')).toEqual(['from']);
    expect(inTitle('from', 'a form')).toEqual(['form']);
  });

  test('ranges that meet are one', () => {
    expect(inTitle('東京 京都', '東京都')).toEqual(['東京都']);
  });
});

describe('in notes', () => {
  test('an excerpt of one line surrounds the first word', () => {
    const notes = `${'before '.repeat(50)}needle\nand ${'after '.repeat(50)}`;
    const { excerpt, ranges } = highlights('needle', { notes }).notes ?? { excerpt: '', ranges: [] };
    expect(pieces(excerpt, ranges)).toEqual(['needle']);
    expect(excerpt).toMatch(/^…before .* needle and after .*…$/);
    expect(excerpt.length).toBeLessThan(210);
  });

  test('there is none without a word in them', () => {
    expect(highlights('needle', { title: 'needle', notes: 'hay' }).notes).toBeNull();
  });

  test('characters are never cut in half', () => {
    for (let pad = 0; pad < 4; pad++) {
      const notes = `${'x'.repeat(pad)}${'😀'.repeat(100)} needle ${'😀'.repeat(200)}`;
      const found = highlights('needle', { notes }).notes;
      expect(found?.excerpt.isWellFormed()).toBe(true);
      expect(pieces(found?.excerpt ?? '', found?.ranges ?? [])).toEqual(['needle']);
    }
  });
});

test('only tags with a word in them are named', () => {
  expect(highlights('gar', { tag_names: ['Home', 'My garden'] }).tags).toEqual([
    { name: 'My garden', ranges: [[3, 6]] },
  ]);
});

test('whatever is searched for, ranges are in order, apart, not empty, and within the text', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'aA bäß京都🎉e\u0301ﷺ😀ｶﾞ,'), maxLength: 40 });
  fc.assert(
    fc.property(texts, texts, texts, (search, title, notes) => {
      const found = highlights(search, { title, notes });
      for (const [content, ranges] of [
        [title, found.title],
        [found.notes?.excerpt ?? '', found.notes?.ranges ?? []],
      ] as const) {
        let last = -1;
        for (const [start, end] of ranges) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(content.length);
          last = end;
        }
      }
    }),
    { numRuns: 1000 },
  );
});
