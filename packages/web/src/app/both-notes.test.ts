import { expect, test } from 'vitest';
import { bothNotes } from './both-notes.ts';

test('when the other side only changed another field, my notes stand', () => {
  expect(bothNotes({ before: 'a', mine: 'b', theirs: 'a' })).toBe('b');
});

test('what one side only added to is kept once', () => {
  expect(bothNotes({ before: 'a', mine: 'a b', theirs: 'a b c' })).toBe('a b c');
  expect(bothNotes({ before: 'a', mine: 'a b c', theirs: 'a b' })).toBe('a b c');
});

test('two versions are both kept', () => {
  const both = bothNotes({ before: 'a', mine: 'mine', theirs: 'theirs' });
  expect(both).toContain('mine');
  expect(both).toContain('theirs');
});
