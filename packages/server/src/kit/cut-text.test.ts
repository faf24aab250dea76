import { expect, test } from 'vitest';
import { cutText, oneLine } from './cut-text.ts';

test('a text that fits is left alone', () => {
  expect(cutText('Pay rent', 8)).toBe('Pay rent');
});

test('a longer one ends in an ellipsis and keeps within the limit', () => {
  expect(cutText('Pay the rent', 8)).toBe('Pay the…');
  expect(cutText('Pay the rent', 9)).toBe('Pay the…');
  expect(cutText('abc', 1)).toBe('…');
  expect(cutText('abc', 0)).toBe('');
});

test('a character that a reader sees as one is never cut in two', () => {
  const family = '👨‍👩‍👧‍👦';
  for (let units = 2; units < 2 + family.length; units++) {
    const cut = cutText(`ab${family}cd`, units);
    expect(cut.isWellFormed() && cut.length <= units).toBe(true);
    expect(['a…', 'ab…']).toContain(cut);
  }
  expect(cutText(`ab${family}cd`, 3 + family.length)).toBe(`ab${family}…`);
});

test('one line has no line break of any kind and no control character', () => {
  expect(oneLine(' a\r\nBcc: b\u2028c\u0000d\te\u0085f ')).toBe('a Bcc: b c d e f');
});
