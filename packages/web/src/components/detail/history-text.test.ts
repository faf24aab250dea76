import { expect, test } from 'vitest';
import { historyText } from './history-text.ts';

const plain = (_field: string, value: unknown) => String(value);

test('a change names its fields and their new values, not what follows from them', () => {
  const changes = {
    priority: [null, 'high'],
    tag_ids: [[], ['t']],
    tag_names: [[], ['home']],
    updated_at: ['a', 'b'],
  } as never;
  expect(historyText({ event_type: 'task.updated', changes }, plain)).toBe('changed priority to high, tags to home');
});

test('a due date that replaced the other kind is said once', () => {
  const changes = { due_at: ['2026-12-01T08:00:00Z', null], due_on: [null, '2026-12-02'] } as never;
  expect(historyText({ event_type: 'task.updated', changes }, plain)).toBe('changed due to 2026-12-02');
});

test('what happened is said as a verb', () => {
  expect(historyText({ event_type: 'task.completed', changes: { status: ['todo', 'completed'] } }, plain)).toBe(
    'completed it',
  );
  expect(historyText({ event_type: 'task.unheard_of', changes: {} }, plain)).toBe('changed it');
});

test('a rule is told by its words, and what follows from it is not told besides', () => {
  const rule = { text: 'every day' };
  const changes = { recurrence: [null, rule], series_id: [null, 's'], occurrence: [null, 1], due_local: [null, 'x'] };
  const entry = { event_type: 'task.updated', changes } as unknown as Parameters<typeof historyText>[0];
  expect(historyText(entry, (_field, value) => (value as typeof rule).text)).toBe('changed repeat to every day');
});
