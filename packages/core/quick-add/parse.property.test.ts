/** What holds for every text, whatever stands in it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRule } from '../recurrence/parse-rule.ts';
import { parseQuickAdd } from './parse.ts';
import { type QuickAdd, quickAddCharactersMax } from './quick-add.ts';

const zones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'];
const nows = ['2026-03-11T10:15', '2026-01-31T23:59:59', '2028-02-29T00:00', '2026-03-29T02:30:00', '2199-12-31T12:00'];
const pieces = (
  'water plants the for Pay Bob every every! each other day days week weeks month months year hour hours minutes weekday weekend workday 1 2 3 15 27 31 1st 3rd 31st last ' +
  'first second of on at by due in until starting from for times mon, tue wednesday Friday sat and jan feb 29 may 30 2027 2300 9am 5:30 pm noon tonight today tomorrow next ' +
  'this end mid after 4/5 25/12 2026-07-06 27.03. #home @tag +ann *x p1 p2 !3 !high ^1h ^9am "a b" "every day" \\tomorrow \\ " , . : - (today) @7pm +5 except daily monthly Monday every two hours'
).split(' ');

const phrase = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((words) => words.join(' '));
const text = fc.oneof(phrase, fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 60 }));
const options = fc.record({
  now: fc.constantFrom(...nows),
  timezone: fc.constantFrom(...zones),
  locale: fc.constantFrom('en-US', 'en-GB', 'de', 'zh'),
  mode: fc.constantFrom('todoist' as const, 'vikunja' as const),
});

const letters = (content: string): string => content.replaceAll(/\s/g, '');
const runs = { numRuns: 1000 };

function cutOut(content: string, { spans }: QuickAdd): string {
  let rest = '';
  let at = 0;
  for (const { start, end } of spans) {
    rest += content.slice(at, start);
    at = end;
  }
  return rest + content.slice(at);
}

describe('for every text', () => {
  test('the spans lie in it, in order, and what they leave is the title: nothing is lost or doubled', () => {
    fc.assert(
      fc.property(text, options, (line, setting) => {
        const read = parseQuickAdd(line, setting);
        let at = 0;
        for (const { start, end } of read.spans) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(line.length);
        expect(letters(read.title)).toBe(letters(cutOut(line, read)));
      }),
      runs,
    );
  });

  test('a title is left where the text has one', () => {
    fc.assert(
      fc.property(text, options, (line, setting) => {
        expect(parseQuickAdd(line, setting).title === '').toBe(line.trim() === '');
      }),
      runs,
    );
  });

  test('the same text and moment give the same answer', () => {
    fc.assert(
      fc.property(phrase, options, (line, setting) => {
        expect(parseQuickAdd(line, setting)).toEqual(parseQuickAdd(line, setting));
      }),
      { numRuns: 200 },
    );
  });

  test('a rule is a valid RRULE whose first date is the due date, and the due date has one form', () => {
    fc.assert(
      fc.property(phrase, options, (line, setting) => {
        const { recurrence, next, due_local, due_at, due_on } = parseQuickAdd(line, setting);
        expect([due_at, due_on].filter((due) => due !== null)).toHaveLength(due_local === null ? 0 : 1);
        expect(recurrence === null).toBe(next.length === 0);
        if (recurrence === null) return;
        expect(parseRule(recurrence.rrule).ok).toBe(true);
        expect(next[0]).toBe(due_local);
      }),
      runs,
    );
  });

  test('in quotation marks it is a title as it stands', () => {
    fc.assert(
      fc.property(phrase, options, (line, setting) => {
        const content = line.replaceAll('"', '').trim();
        fc.pre(content !== '');
        const read = parseQuickAdd(`"${content}"`, setting);
        expect(read.title).toBe(content);
        expect({ ...read, title: '', timezone: '', spans: [] }).toEqual({
          ...parseQuickAdd('', setting),
          timezone: '',
        });
        expect(read.spans.every(({ kind }) => kind === 'literal')).toBe(true);
      }),
      runs,
    );
  });
});

test('text beyond the limit is not read', () => {
  const long = `${'word '.repeat(quickAddCharactersMax / 5)}tomorrow`;
  expect(parseQuickAdd(long, { now: '2026-03-11T10:15', timezone: 'UTC' })).toMatchObject({
    title: long,
    spans: [],
    due_on: null,
  });
});
