import { expect, test } from 'vitest';
import { escapedLine, movedRanges } from './literal-ranges.ts';

test('a stretch taken literally moves along with what is typed before it and stays with what is typed after', () => {
  const ranges = [{ start: 5, end: 11 }];
  expect(movedRanges(ranges, 'call monday', 'please call monday')).toEqual([{ start: 12, end: 18 }]);
  expect(movedRanges(ranges, 'call monday', 'call monday, then rest')).toEqual(ranges);
});

test('an edit inside a stretch ends it, so that what is typed anew is understood again', () => {
  expect(movedRanges([{ start: 5, end: 11 }], 'call monday', 'call mon')).toEqual([]);
  expect(movedRanges([{ start: 5, end: 11 }], 'call monday', '')).toEqual([]);
});

test('each word of a stretch is escaped, and offsets of what was parsed lead back into the line', () => {
  const line = 'sing every monday at noon';
  const escaped = escapedLine(line, [{ start: 5, end: 17 }]);
  expect(escaped.text).toBe('sing \\every \\monday at noon');
  const at = escaped.text.indexOf('at noon');
  expect(line.slice(escaped.back(at), escaped.back(at + 7))).toBe('at noon');
  expect([escaped.back(0), escaped.back(4)]).toEqual([0, 4]);
  // The backslashes themselves are nowhere in the line.
  expect(escaped.back(5)).toBe(escaped.back(6));
});

test('without stretches the line is parsed as it stands', () => {
  expect(escapedLine('a \\b c', []).text).toBe('a \\b c');
});
