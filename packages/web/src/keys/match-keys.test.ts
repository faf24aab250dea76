import { expect, test } from 'vitest';
import { commandIds, keyMap } from './key-map.ts';
import { createKeyMatcher, strokeOf, strokesText } from './match-keys.ts';

const press = (key: string, more: Partial<Parameters<typeof strokeOf>[0]> = {}) => ({
  key,
  ctrl: false,
  meta: false,
  alt: false,
  shift: false,
  ...more,
});

test('no two commands share a key', () => {
  const keys = commandIds.flatMap((id) => keyMap[id].keys as readonly string[]);
  expect(new Set(keys).size).toBe(keys.length);
});

test('no single key is also the beginning of a sequence', () => {
  const keys = commandIds.flatMap((id) => keyMap[id].keys as readonly string[]);
  const beginnings = keys.filter((one) => one.includes(' ')).map((one) => one.split(' ')[0]);
  expect(keys.filter((one) => beginnings.includes(one))).toEqual([]);
});

test('a sequence is understood within its time and forgotten after it', () => {
  const match = createKeyMatcher();
  expect(match(press('g'), 0)).toEqual({ command: null, begun: true });
  expect(match(press('t'), 300)).toEqual({ command: 'go.today', begun: false });
  match(press('g'), 1000);
  expect(match(press('t'), 5000).command).toBe('task.tags');
});

test('signs that need shift are taken as printed, letters with shift are not the plain letter', () => {
  const match = createKeyMatcher();
  expect(match(press('?', { shift: true }), 0).command).toBe('app.keys');
  expect(match(press('#', { shift: true }), 0).command).toBe('task.trash');
  expect(match(press('X', { shift: true }), 0).command).toBeNull();
  expect(match(press('x'), 0).command).toBe('list.select');
});

test('control and command both count as the modifier, so a plain key with it is another key', () => {
  const match = createKeyMatcher();
  expect(match(press('k', { ctrl: true }), 0).command).toBe('app.palette');
  expect(match(press('k', { meta: true }), 0).command).toBe('app.palette');
  expect(match(press('k'), 0).command).toBe('list.previous');
  expect(strokeOf(press('Shift', { shift: true }))).toBeNull();
});

test('keys are written as they are printed on the keyboard', () => {
  expect(strokesText('mod+k', true)).toEqual([['⌘', 'K']]);
  expect(strokesText('alt+arrowup', false)).toEqual([['Alt', '↑']]);
  expect(strokesText('g t', false)).toEqual([['g'], ['t']]);
});
