import { expect, test } from 'vitest';
import type { Subscription } from '../ports/event-bus.ts';
import { isWanted } from './wanted.ts';

const wanting = (topics: Subscription['topics']): Subscription => ({
  consumer: 'reader',
  topics,
  handle: async () => {},
});

test('a new type of a known entity is wanted by who wants the entity’s topic, so that an older replica does not pass it over', () => {
  expect(isWanted(wanting(['task-events']), { event_type: 'task.duplicated' })).toBe(true);
  expect(isWanted(wanting(['reminders']), { event_type: 'task.duplicated' })).toBe(false);
});

test('what is of no known entity comes only to who wants everything', () => {
  expect(isWanted(wanting(['task-events']), { event_type: 'robot.built' })).toBe(false);
  expect(isWanted(wanting('all'), { event_type: 'robot.built' })).toBe(true);
});
