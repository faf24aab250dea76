import { expect, test } from 'vitest';
import { rankChoices } from './rank-choices.ts';

const names = (query: string, ...choices: string[]) =>
  rankChoices(
    choices.map((name) => ({ name })),
    query,
  ).map((choice) => choice.name);

test('what begins with the letters comes before what contains them', () => {
  expect(names('ber', 'America/Bermuda', 'Liberia', 'Berlin')).toEqual(['Berlin', 'America/Bermuda', 'Liberia']);
});

test('letters in order are enough, and accents do not matter', () => {
  expect(names('gtu', 'Go to Upcoming', 'Inbox')).toEqual(['Go to Upcoming']);
  expect(names('cafe', 'Café')).toEqual(['Café']);
});

test('groups stay together in their order', () => {
  const choices = [
    { name: 'Open trash', group: 'do' },
    { name: 'Trip', group: 'list' },
    { name: 'Trash', group: 'do' },
  ];
  expect(rankChoices(choices, 'tr').map((choice) => choice.name)).toEqual(['Trash', 'Open trash', 'Trip']);
});

test('without letters the given order stays', () => {
  expect(names('', 'b', 'a')).toEqual(['b', 'a']);
});

test('signs with a meaning in patterns are taken as they are', () => {
  expect(names('c++', 'c++', 'cc')).toEqual(['c++']);
});
